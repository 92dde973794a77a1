"""Lanes in the database: how far each producer's events of a client took effect, and what waits.

A lane is one client. Its cursors say, per producer, the last client sequence that took effect; a
lane event is one that was received and has not. Both are rows, so a restart forgets nothing and a
waiting event holds neither memory nor a redelivery in the broker.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messaging.reading import Arrived, Unreadable

_CURSORS = sa.text(
    "SELECT client_id, producer, sequence FROM lane_cursors"
    " WHERE client_id = ANY(CAST(:clients AS uuid[]))"
)
_BLOCKED = sa.text(
    "SELECT DISTINCT client_id FROM lane_events WHERE client_id = ANY(CAST(:clients AS uuid[]))"
)
_MOVE = sa.text(
    """
    INSERT INTO lane_cursors (client_id, producer, sequence)
    SELECT * FROM unnest(CAST(:clients AS uuid[]), CAST(:producers AS text[]),
                         CAST(:sequences AS bigint[]))
    ON CONFLICT (client_id, producer) DO UPDATE SET sequence = excluded.sequence
    """
)
_RECEIVE = sa.text(
    """
    INSERT INTO inbox (event_id, producer, client_id, client_sequence, type)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:producers AS text[]),
                         CAST(:clients AS uuid[]), CAST(:sequences AS bigint[]),
                         CAST(:types AS text[]))
    """
)
_WAIT = sa.text(
    """
    INSERT INTO lane_events (event_id, client_id, producer, client_sequence, course_id, type,
                             stream_sequence, headers, payload)
    VALUES (:event_id, :client_id, :producer, :client_sequence, :course_id, :type,
            :stream_sequence, CAST(:headers AS jsonb), :payload)
    ON CONFLICT (event_id) DO NOTHING
    """
)
_UNREADABLE = sa.text(
    """
    INSERT INTO unreadable_messages (stream_epoch, stream_sequence, subject, headers, payload,
                                     reason)
    VALUES (coalesce((SELECT epoch FROM stream_epochs), 0), :stream_sequence, :subject,
            CAST(:headers AS jsonb), :payload, :reason)
    ON CONFLICT DO NOTHING
    """
)
_POSITION = sa.text(
    """
    INSERT INTO consumer_position (stream_sequence) VALUES (:sequence)
    ON CONFLICT (single) DO UPDATE SET stream_sequence = excluded.stream_sequence
    """
)
_WAITING = sa.text(
    """
    SELECT event_id, producer, client_sequence, stream_sequence, headers, payload, attempts,
           parked_at IS NOT NULL AS parked,
           coalesce(retry_at > clock_timestamp(), false) AS backing_off,
           received_at < clock_timestamp() - make_interval(secs => :overdue)
             AND coalesce(asked_again_at < clock_timestamp() - make_interval(secs => :overdue),
                          true) AS overdue
    FROM lane_events WHERE client_id = :client_id ORDER BY stream_sequence, client_sequence
    LIMIT 500
    """
)


@dataclass(slots=True)
class LaneCursors:
    """The cursors of some clients, and which of those lanes have something waiting."""

    positions: dict[tuple[UUID, str], int]
    blocked: set[UUID]

    def expected(self, arrived: Arrived) -> int:
        """The client sequence that comes next from this producer for this client."""
        delivery = arrived.delivery
        return self.positions.get((delivery.client_id, delivery.producer), 0) + 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lane event as it is stored."""

    event_id: UUID
    producer: str
    client_sequence: int
    stream_sequence: int
    headers: Mapping[str, str]
    body: bytes
    attempts: int
    parked: bool
    backing_off: bool
    overdue: bool


async def read_cursors(connection: AsyncConnection, clients: Iterable[UUID]) -> LaneCursors:
    """Read the lanes of some clients; the caller holds their locks."""
    asked = {"clients": sorted(set(clients))}
    cursors = await connection.execute(_CURSORS, asked)
    blocked = await connection.execute(_BLOCKED, asked)
    return LaneCursors(
        {(row.client_id, row.producer): row.sequence for row in cursors},
        set(blocked.scalars()),
    )


async def took_effect(connection: AsyncConnection, applied: Sequence[Arrived]) -> None:
    """Write the inbox rows of these events and move the cursors behind them."""
    if not applied:
        return
    deliveries = [arrived.delivery for arrived in applied]
    await connection.execute(
        _RECEIVE,
        {
            "ids": [d.event_id for d in deliveries],
            "producers": [d.producer for d in deliveries],
            "clients": [d.client_id for d in deliveries],
            "sequences": [d.client_sequence for d in deliveries],
            "types": [d.type for d in deliveries],
        },
    )
    last = {(d.client_id, d.producer): d.client_sequence for d in deliveries}
    await connection.execute(
        _MOVE,
        {
            "clients": [client for client, _ in last],
            "producers": [producer for _, producer in last],
            "sequences": list(last.values()),
        },
    )


async def must_wait(connection: AsyncConnection, waiting: Sequence[Arrived]) -> None:
    """Store events that cannot take effect yet."""
    if waiting:
        await connection.execute(_WAIT, [_lane_row(arrived) for arrived in waiting])


async def keep_unreadable(connection: AsyncConnection, messages: Sequence[Unreadable]) -> None:
    """Store messages that have no lane."""
    if messages:
        await connection.execute(
            _UNREADABLE,
            [
                {
                    "stream_sequence": message.stream_sequence,
                    "subject": message.subject,
                    "headers": json.dumps(dict(message.headers)),
                    "payload": message.body,
                    "reason": message.reason,
                }
                for message in messages
            ],
        )


async def reached(connection: AsyncConnection, sequence: int) -> None:
    """Remember how far in the stream everything was received."""
    await connection.execute(_POSITION, {"sequence": sequence})


async def read_waiting(
    connection: AsyncConnection, client_id: UUID, overdue_seconds: float
) -> list[Waiting]:
    """What waits in a lane, in the order of the stream."""
    rows = await connection.execute(_WAITING, {"client_id": client_id, "overdue": overdue_seconds})
    return [
        Waiting(
            event_id=row.event_id,
            producer=row.producer,
            client_sequence=row.client_sequence,
            stream_sequence=row.stream_sequence,
            headers=row.headers,
            body=bytes(row.payload),
            attempts=row.attempts,
            parked=row.parked,
            backing_off=row.backing_off,
            overdue=row.overdue,
        )
        for row in rows
    ]


async def remove(connection: AsyncConnection, event_id: UUID) -> None:
    """Forget a lane event: it took effect, or had done so before."""
    await connection.execute(
        sa.text("DELETE FROM lane_events WHERE event_id = :event_id"), {"event_id": event_id}
    )


async def postpone(
    connection: AsyncConnection, event_id: UUID, after_seconds: float, reason: str
) -> None:
    """Count a failure; the next try comes after a while."""
    await connection.execute(
        sa.text(
            "UPDATE lane_events SET attempts = attempts + 1, reason = :reason,"
            " retry_at = clock_timestamp() + make_interval(secs => :after)"
            " WHERE event_id = :event_id"
        ),
        {"event_id": event_id, "after": after_seconds, "reason": reason},
    )


async def park(connection: AsyncConnection, event_id: UUID, reason: str) -> None:
    """Count a failure; no further try before a person asks for it."""
    await connection.execute(
        sa.text(
            "UPDATE lane_events SET attempts = attempts + 1, reason = :reason, retry_at = NULL,"
            " parked_at = clock_timestamp() WHERE event_id = :event_id"
        ),
        {"event_id": event_id, "reason": reason},
    )


async def asked_again(connection: AsyncConnection, client_id: UUID, producer: str) -> None:
    """Remember that the producer was asked for what is missing."""
    await connection.execute(
        sa.text(
            "UPDATE lane_events SET asked_again_at = clock_timestamp()"
            " WHERE client_id = :client_id AND producer = :producer"
        ),
        {"client_id": client_id, "producer": producer},
    )


async def due_lanes(connection: AsyncConnection) -> list[UUID]:
    """The lanes in which something can be tried now: nothing parked, nothing backing off."""
    rows = await connection.execute(
        sa.text(
            "SELECT client_id FROM lane_events GROUP BY client_id"
            " HAVING bool_and(parked_at IS NULL)"
            " AND NOT bool_or(coalesce(retry_at > clock_timestamp(), false))"
        )
    )
    return list(rows.scalars())


def _lane_row(arrived: Arrived) -> dict[str, Any]:
    delivery = arrived.delivery
    return {
        "event_id": delivery.event_id,
        "client_id": delivery.client_id,
        "producer": delivery.producer,
        "client_sequence": delivery.client_sequence,
        "course_id": delivery.course_id,
        "type": delivery.type,
        "stream_sequence": delivery.stream_sequence,
        "headers": json.dumps(dict(arrived.headers)),
        "payload": arrived.body,
    }
