"""Decision receipts: why a gate said what it said, kept for every allow and every deny."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Decision
from shared.protocol import ClinicProtocol
from shared.runtime.ids import new_id
from shared.storage.context import Context, Freshness
from shared.storage.driver import driver_of
from shared.storage.keyring import KeyDestroyedError
from shared.storage.recorded_gates import RecordedGates, verdicts_json
from shared.storage.seals import Seals

VERDICTS: Final = "receipts.verdicts"
INPUTS: Final = "receipts.inputs"

_RECORD: Final = """
    INSERT INTO receipts (id, gate, subject_id, client_id, course_id, allowed, decided_at,
                          actor_role, actor_ref, protocol_version, protocol_name,
                          protocol_digest, verdicts, freshness, aggregates, inputs_kind,
                          inputs_version, inputs)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
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
        *,
        seals: Seals,
    ) -> None:
        self._connection = connection
        self._context = context
        self._protocol_of = protocol_of
        self._gates = gates
        self._versions = versions
        self._seals = seals
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
        await self._seals.prepare([client_id])
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
            self._seals.seal(verdicts_json(decision), client_id, VERDICTS, receipt_id),
            to_json({name: asdict(known) for name, known in freshness.items()}).decode(),
            to_json({str(key): version for key, version in self._versions.items()}).decode(),
            gate.kind,
            gate.version,
            self._seals.seal(gate.dump(facts), client_id, INPUTS, receipt_id),
        )
        self.recorded.append(receipt_id)
        return receipt_id


def opened(rows: Iterable[sa.RowMapping], seals: Seals) -> list[dict[str, Any]]:
    """Receipts with their verdicts, and inputs where they were asked for, as they were decided.

    Those of erased clients are not there.
    """
    found = []
    for row in rows:
        about = row["client_id"], row["id"]
        with suppress(KeyDestroyedError):
            plain = {**row, "verdicts": json.loads(_open(seals, row["verdicts"], VERDICTS, *about))}
            if plain.get("inputs") is not None:
                plain["inputs"] = _open(seals, row["inputs"], INPUTS, *about)
            found.append(plain)
    return found


def _open(seals: Seals, sealed: bytes, place: str, client_id: UUID, receipt_id: UUID) -> bytes:
    return seals.open(sealed, client_id, place, receipt_id)
