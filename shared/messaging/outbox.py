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
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope
from shared.runtime.ids import new_id
from shared.storage.aggregates import Aggregate
from shared.storage.context import Context
from shared.storage.driver import driver_of

_INSERT: Final = """
    WITH staged AS (
        SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::uuid[], $7::text[],
            $8::uuid[], $9::integer[], $10::timestamptz[], $11::timestamptz[], $12::text[],
            $13::bytea[]
        ) WITH ORDINALITY AS staged (
            event_id, type, subject, client_id, later_of_client, course_id, aggregate_type,
            aggregate_id, later_of_aggregate, occurred_at, recorded_at, headers, payload, place
        )
    ), clients AS (
        INSERT INTO client_sequences AS known (client_id, last)
        SELECT client_id, count(*) FROM staged GROUP BY client_id ORDER BY client_id
        ON CONFLICT (client_id) DO UPDATE SET last = known.last + excluded.last
        RETURNING client_id, last
    ), aggregates AS (
        INSERT INTO aggregate_versions AS known (aggregate_id, last)
        SELECT aggregate_id, count(*) FROM staged GROUP BY aggregate_id ORDER BY aggregate_id
        ON CONFLICT (aggregate_id) DO UPDATE SET last = known.last + excluded.last
        RETURNING aggregate_id, last
    ), numbered AS (
        SELECT staged.*, clients.last - later_of_client AS client_sequence,
               aggregates.last - later_of_aggregate AS aggregate_version
        FROM staged JOIN clients USING (client_id) JOIN aggregates USING (aggregate_id)
    )
    INSERT INTO outbox (event_id, type, subject, client_id, client_sequence, course_id,
                        aggregate_type, aggregate_id, aggregate_version,
                        occurred_at, recorded_at, headers, payload)
    SELECT event_id, type, subject, numbered.client_id, client_sequence, course_id,
           aggregate_type, aggregate_id, aggregate_version, occurred_at, recorded_at,
           headers::jsonb || jsonb_build_object(
               'ce-clientsequence', client_sequence::text,
               'ce-aggregateversion', aggregate_version::text,
               'ce-protocolversion',
               coalesce(pinned.version::text, headers::jsonb ->> 'ce-protocolversion')),
           payload
    FROM numbered LEFT JOIN course_protocols AS pinned USING (course_id) ORDER BY place
"""
"""Numbers the events, stamps them with the protocol of their course (or, before there is one, with
the clinic's present protocol) and inserts them: one way to the server and back for a
transaction."""


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
        clients = Counter(s.client_id for s in staged)
        aggregates = Counter(s.aggregate_id for s in staged)
        rows = []
        for one in staged:
            clients[one.client_id] -= 1
            aggregates[one.aggregate_id] -= 1
            rows.append(self._row(one, clients[one.client_id], aggregates[one.aggregate_id]))
        await driver_of(connection).execute(_INSERT, *zip(*rows, strict=True))
        return len(staged)

    def _row(self, one: _Staged, later_of_client: int, later_of_aggregate: int) -> tuple[Any, ...]:
        """The values of one row; the statement puts the numbers into the headers."""
        event = self._publish(one.event)
        context = one.context
        envelope = Envelope(
            event_id=new_id(),
            type=event.type,
            producer=event.producer,
            aggregate_type=event.aggregate_type,
            aggregate_id=one.aggregate_id,
            aggregate_version=1,
            client_sequence=1,
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
            later_of_client,
            one.course_id,
            event.aggregate_type,
            one.aggregate_id,
            later_of_aggregate,
            one.event.at,
            context.now,
            json.dumps(envelope.to_headers()),
            event.to_body(),
        )
