"""The outbox: a domain event leaves its transaction as a row, never as a message.

Why nothing is lost or invented: the row commits with the state it speaks of, or not at all. Why
nothing is reordered: the transaction holds the client's lock from its first read to its commit, so
``position`` and ``client_sequence`` grow in the order in which a client's transactions commit, and
the counters are rows of the same transaction, so both are without holes.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope
from shared.runtime.ids import new_id
from shared.storage.aggregates import Aggregate
from shared.storage.context import Context

_COUNT = """
    INSERT INTO {table} AS known ({key}, last)
    SELECT * FROM unnest(CAST(:keys AS uuid[]), CAST(:counts AS bigint[]))
    ON CONFLICT ({key}) DO UPDATE SET last = known.last + excluded.last
    RETURNING {key}, last
"""
_COUNT_CLIENTS = sa.text(_COUNT.format(table="client_sequences", key="client_id"))
_COUNT_AGGREGATES = sa.text(_COUNT.format(table="aggregate_versions", key="aggregate_id"))
_INSERT = sa.text(
    """
    INSERT INTO outbox (event_id, type, subject, client_id, client_sequence, course_id,
                        aggregate_type, aggregate_id, aggregate_version,
                        occurred_at, recorded_at, headers, payload)
    SELECT event_id, type, subject, client_id, client_sequence, course_id,
           aggregate_type, aggregate_id, aggregate_version,
           occurred_at, recorded_at, CAST(headers AS jsonb), payload
    FROM unnest(
        CAST(:event_id AS uuid[]), CAST(:type AS text[]), CAST(:subject AS text[]),
        CAST(:client_id AS uuid[]), CAST(:client_sequence AS bigint[]),
        CAST(:course_id AS uuid[]), CAST(:aggregate_type AS text[]),
        CAST(:aggregate_id AS uuid[]), CAST(:aggregate_version AS integer[]),
        CAST(:occurred_at AS timestamptz[]), CAST(:recorded_at AS timestamptz[]),
        CAST(:headers AS text[]), CAST(:payload AS bytea[])
    ) AS staged (event_id, type, subject, client_id, client_sequence, course_id,
                 aggregate_type, aggregate_id, aggregate_version,
                 occurred_at, recorded_at, headers, payload)
    """
)


@dataclass(frozen=True, slots=True)
class _Staged:
    kind: str
    aggregate_id: UUID
    client_id: UUID
    course_id: UUID | None
    event: Any
    context: Context


class Outbox:
    """Collects a transaction's domain events and writes them, as contract events, at its end."""

    def __init__(
        self,
        service: str,
        publish: Callable[[Any], Event],
        *,
        clinic_id: UUID,
        protocol_version: int,
    ) -> None:
        self._service = service
        self._publish = publish
        self._clinic_id = clinic_id
        self._protocol_version = protocol_version
        self._staged: list[_Staged] = []

    def stage(self, kind: str, aggregate: Aggregate, event: Any, context: Context) -> None:
        """Take an event of an aggregate; only a client's aggregates have events."""
        if aggregate.client_id is None:
            raise ValueError(f"{kind} {aggregate.id} has no client: it cannot publish")
        self._staged.append(
            _Staged(kind, aggregate.id, aggregate.client_id, aggregate.course_id, event, context)
        )

    async def flush(self, connection: AsyncConnection) -> int:
        """Number the staged events and insert their rows; returns how many there were."""
        if not self._staged:
            return 0
        staged, self._staged = self._staged, []
        clients = await _count(connection, _COUNT_CLIENTS, Counter(s.client_id for s in staged))
        aggregates = await _count(
            connection, _COUNT_AGGREGATES, Counter(s.aggregate_id for s in staged)
        )
        rows: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        for one in staged:
            clients[one.client_id] += 1
            aggregates[one.aggregate_id] += 1
            row = self._row(one, clients[one.client_id], aggregates[one.aggregate_id])
            for name, value in zip(_COLUMNS, row, strict=True):
                rows[name].append(value)
        await connection.execute(_INSERT, rows)
        return len(staged)

    def _row(self, one: _Staged, client_sequence: int, version: int) -> tuple[Any, ...]:
        event = self._publish(one.event)
        context = one.context
        envelope = Envelope(
            event_id=new_id(),
            type=event.type,
            producer=event.producer,
            aggregate_type=event.aggregate_type,
            aggregate_id=one.aggregate_id,
            aggregate_version=version,
            client_sequence=client_sequence,
            client_id=one.client_id,
            course_id=one.course_id,
            clinic_id=self._clinic_id,
            protocol_version=self._protocol_version,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            actor_role=ActorRole(context.actor.role),
            actor_ref=context.actor.ref,
            occurred_at=one.event.at,
            recorded_at=context.now,
        )
        return (
            envelope.event_id,
            event.type,
            event.subject(one.client_id),
            one.client_id,
            client_sequence,
            one.course_id,
            event.aggregate_type,
            one.aggregate_id,
            version,
            one.event.at,
            context.now,
            json.dumps(envelope.to_headers()),
            event.to_body(),
        )


_COLUMNS = (
    "event_id", "type", "subject", "client_id", "client_sequence", "course_id",
    "aggregate_type", "aggregate_id", "aggregate_version",
    "occurred_at", "recorded_at", "headers", "payload",
)  # fmt: skip


async def _count(
    connection: AsyncConnection, statement: sa.TextClause, counts: Counter[UUID]
) -> dict[UUID, int]:
    """Reserve numbers; returns for each key the number before its first new one."""
    keys = sorted(counts)
    reserved = await connection.execute(
        statement, {"keys": keys, "counts": [counts[key] for key in keys]}
    )
    return {row[0]: row[1] - counts[row[0]] for row in reserved}
