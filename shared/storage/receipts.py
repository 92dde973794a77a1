"""Decision receipts: why a gate said what it said, kept for every allow and every deny."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Decision
from shared.protocol import ClinicProtocol
from shared.runtime.ids import new_id
from shared.storage.context import Context, Freshness

_RECORD = sa.text(
    """
    INSERT INTO receipts (id, gate, subject_id, client_id, course_id, allowed, decided_at,
                          actor_role, actor_ref, protocol_version, protocol_name,
                          verdicts, freshness)
    VALUES (:id, :gate, :subject_id, :client_id, :course_id, :allowed, :decided_at,
            :actor_role, :actor_ref, :protocol_version, :protocol_name, :verdicts, :freshness)
    """
).bindparams(sa.bindparam("verdicts", type_=JSONB), sa.bindparam("freshness", type_=JSONB))


class SqlReceipts:
    """Records decisions within one transaction."""

    def __init__(
        self,
        connection: AsyncConnection,
        context: Callable[[], Context],
        protocol_of: Callable[[UUID | None], Awaitable[ClinicProtocol]],
    ) -> None:
        self._connection = connection
        self._context = context
        self._protocol_of = protocol_of

    async def record(
        self,
        decision: Decision,
        *,
        subject_id: UUID,
        client_id: UUID,
        course_id: UUID | None,
        freshness: Mapping[str, Freshness] | None = None,
    ) -> UUID:
        """Keep the decision with its verdicts, and how fresh each producer's facts were.

        It names the protocol of the course, by which it was decided.
        """
        receipt_id = new_id()
        context = self._context()
        protocol = await self._protocol_of(course_id)
        await self._connection.execute(
            _RECORD,
            {
                "id": receipt_id,
                "gate": decision.gate,
                "subject_id": subject_id,
                "client_id": client_id,
                "course_id": course_id,
                "allowed": decision.allowed,
                "decided_at": context.now,
                "actor_role": context.actor.role,
                "actor_ref": context.actor.ref,
                "protocol_version": protocol.protocol_version,
                "protocol_name": protocol.protocol_name,
                "verdicts": [asdict(verdict) for verdict in decision.verdicts],
                "freshness": {name: asdict(f) for name, f in (freshness or {}).items()},
            },
        )
        return receipt_id
