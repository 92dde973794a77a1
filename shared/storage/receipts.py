"""Decision receipts: why a gate said what it said, kept for every allow and every deny."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Decision
from shared.protocol import ClinicProtocol
from shared.runtime.ids import new_id
from shared.storage.context import Context, Freshness
from shared.storage.driver import driver_of
from shared.storage.recorded_gates import RecordedGates, verdicts_json

_RECORD: Final = """
    INSERT INTO receipts (id, gate, subject_id, client_id, course_id, allowed, decided_at,
                          actor_role, actor_ref, protocol_version, protocol_name,
                          protocol_digest, verdicts, freshness, aggregates, inputs_kind,
                          inputs_version, inputs)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb,
            $14::text::jsonb, $15::text::jsonb, $16, $17, $18)
"""


class SqlReceipts:
    """Records decisions within one transaction.

    ``versions`` are those of the service's own aggregates that the transaction has read so far.
    The versions of others' events need not be kept again: each event id leads to the inbox.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        context: Callable[[], Context],
        protocol_of: Callable[[UUID | None], Awaitable[ClinicProtocol]],
        gates: RecordedGates,
        versions: Mapping[UUID, int],
    ) -> None:
        self._connection = connection
        self._context = context
        self._protocol_of = protocol_of
        self._gates = gates
        self._versions = versions
        self.recorded: list[UUID] = []

    async def record(
        self,
        decision: Decision,
        facts: Any,
        *,
        subject_id: UUID,
        client_id: UUID,
        course_id: UUID | None,
        freshness: Mapping[str, Freshness],
    ) -> UUID:
        """Keep the decision with its verdicts, and with what it takes to decide it again.

        ``facts`` are those that the gate was given; ``freshness`` is how well each producer's
        events were known. It names the protocol of the course, by which it was decided.
        """
        receipt_id = new_id()
        context = self._context()
        protocol = await self._protocol_of(course_id)
        gate = self._gates.of(facts)
        await driver_of(self._connection).execute(
            _RECORD,
            receipt_id,
            decision.gate,
            subject_id,
            client_id,
            course_id,
            decision.allowed,
            context.now,
            context.actor.role,
            context.actor.ref,
            protocol.protocol_version,
            protocol.protocol_name,
            protocol.digest,
            verdicts_json(decision).decode(),
            to_json({name: asdict(known) for name, known in freshness.items()}).decode(),
            to_json({str(key): version for key, version in self._versions.items()}).decode(),
            gate.kind,
            gate.version,
            gate.dump(facts),
        )
        self.recorded.append(receipt_id)
        return receipt_id
