"""What people can do about parked events: look, retry in order, or discard with a name."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import refuse
from shared.storage import NotFound, SqlUnitOfWork

log = structlog.get_logger()

_LIST = sa.text(
    """
    SELECT event_id, client_id, course_id, producer, type, client_sequence, stream_sequence,
           attempts, reason, parked_at, retry_at, received_at
    FROM lane_events
    WHERE :everything
       OR client_id IN (SELECT client_id FROM lane_events WHERE parked_at IS NOT NULL)
    ORDER BY client_id, stream_sequence
    """
)
_RETRY = sa.text(
    "UPDATE lane_events SET parked_at = NULL, retry_at = NULL, attempts = 0"
    " WHERE client_id = :client_id"
)
_ONE = sa.text(
    "SELECT client_id, producer, client_sequence, type, parked_at FROM lane_events"
    " WHERE event_id = :event_id"
)
_DISCARD = sa.text("DELETE FROM lane_events WHERE event_id = :event_id")
_SKIP = sa.text(
    "INSERT INTO inbox (event_id, producer, client_id, client_sequence, type)"
    " VALUES (:event_id, :producer, :client_id, :client_sequence, :type) ON CONFLICT DO NOTHING"
)
_MOVE = sa.text(
    """
    INSERT INTO lane_cursors (client_id, producer, sequence)
    VALUES (:client_id, :producer, :client_sequence)
    ON CONFLICT (client_id, producer)
    DO UPDATE SET sequence = greatest(lane_cursors.sequence, excluded.sequence)
    """
)


async def list_parked(connection: AsyncConnection, *, everything: bool = False) -> list[Any]:
    """Parked events with those that wait behind them; with ``everything`` all that wait."""
    return list(await connection.execute(_LIST, {"everything": everything}))


async def list_unreadable(connection: AsyncConnection) -> list[Any]:
    """Messages without an envelope of ours."""
    return list(
        await connection.execute(
            sa.text(
                "SELECT stream_epoch, stream_sequence, reason, received_at"
                " FROM unreadable_messages ORDER BY received_at"
            )
        )
    )


async def retry(event_id: UUID, uow: SqlUnitOfWork) -> UUID:
    """Let the whole lane of a parked event try again, in order; returns its client."""
    row = await _locked(event_id, uow)
    await uow.connection.execute(_RETRY, {"client_id": row.client_id})
    return UUID(str(row.client_id))


async def discard(event_id: UUID, uow: SqlUnitOfWork) -> UUID:
    """Give up a parked event for good, so that those behind it go on; returns its client."""
    row = await _locked(event_id, uow)
    if row.parked_at is None:
        refuse("event-not-parked", "INV-39", event_id=str(event_id))
    known = {"event_id": event_id, "client_id": row.client_id, "producer": row.producer}
    await uow.connection.execute(_DISCARD, {"event_id": event_id})
    await uow.connection.execute(
        _SKIP, {**known, "client_sequence": row.client_sequence, "type": row.type}
    )
    await uow.connection.execute(
        _MOVE,
        {
            "client_id": row.client_id,
            "producer": row.producer,
            "client_sequence": row.client_sequence,
        },
    )
    log.warning("event discarded", event_id=str(event_id), event_type=row.type, role=uow.actor.role)
    return UUID(str(row.client_id))


async def _locked(event_id: UUID, uow: SqlUnitOfWork) -> Any:
    seen = (await uow.connection.execute(_ONE, {"event_id": event_id})).one_or_none()
    if seen is not None:
        await uow.lock_client(seen.client_id)
        seen = (await uow.connection.execute(_ONE, {"event_id": event_id})).one_or_none()
    if seen is None:
        raise NotFound("parked event", event_id)
    return seen
