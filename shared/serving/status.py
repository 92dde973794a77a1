"""Numbers about a service's own state, for status pages and readiness. No one's data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

Numbers: TypeAlias = Mapping[str, int | float | None]

_BACKLOG: Final = sa.text(
    """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unsaid,
           (SELECT count(*) FROM lane_events WHERE parked_at IS NULL) AS waiting
    """
)
_NUMBERS: Final = sa.text(
    """
    SELECT
        (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox_unpublished,
        (SELECT extract(epoch FROM clock_timestamp() - min(written_at))
           FROM outbox WHERE published_at IS NULL) AS outbox_age_seconds,
        (SELECT count(*) FROM lane_events) AS lane_waiting,
        (SELECT count(*) FROM lane_events WHERE parked_at IS NOT NULL) AS parked,
        (SELECT count(*) FROM unreadable_messages) AS unreadable,
        (SELECT count(*) FROM timers) AS timers,
        (SELECT count(*) FROM timers WHERE due_at <= :now) AS timers_due,
        (SELECT coalesce(max(stream_sequence), 0) FROM consumer_position) AS consumed_sequence,
        (SELECT coalesce(max(stream_sequence), 0) FROM outbox) AS published_sequence,
        (SELECT stream_sequence FROM outbox
          WHERE stream_sequence IS NOT NULL AND subject LIKE 'careteam.evt.%'
          ORDER BY stream_sequence DESC LIMIT 1) AS published_public_sequence
    """
)


async def backlog(connection: AsyncConnection) -> tuple[int, int]:
    """How many events are not in the stream yet, and how many wait in lanes."""
    row = (await connection.execute(_BACKLOG)).one()
    return row.unsaid, row.waiting


async def numbers(connection: AsyncConnection, now: datetime) -> Numbers:
    """Everything that ``careteam status`` shows of a service's database."""
    row = (await connection.execute(_NUMBERS, {"now": now})).one()
    return {
        name: float(value) if name.endswith("_seconds") and value is not None else value
        for name, value in row._mapping.items()  # noqa: SLF001 - SQLAlchemy's public row view
    }
