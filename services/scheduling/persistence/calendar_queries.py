"""What calendars and boards read: whole days, without a lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.hold import Hold
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.persistence import tables
from shared.storage import AggregateTable
from shared.storage.aggregates import Aggregate

S = TypeVar("S", bound=Aggregate)
_MOST: Final = 5000


async def sessions_within(
    connection: AsyncConnection, since: datetime, until: datetime, *, without: Sequence[str]
) -> list[Session]:
    """Every session that holds anything within a stretch of time, in the order of their start."""
    columns = tables.sessions.c
    return await _all(
        connection,
        tables.SESSIONS,
        [
            columns.starts_at < until,
            columns.reserved_until > since,
            columns.status.not_in(tuple(without)),
        ],
        (columns.starts_at, columns.id),
    )


async def sessions_here(connection: AsyncConnection) -> list[Session]:
    """Every session whose client is in a room now."""
    columns = tables.sessions.c
    return await _all(connection, tables.SESSIONS, [columns.here], (columns.starts_at, columns.id))


async def all_rooms(connection: AsyncConnection) -> list[Room]:
    return await _all(connection, tables.ROOMS, [], (tables.rooms.c.id,))


async def all_clinicians(connection: AsyncConnection) -> list[Clinician]:
    return await _all(connection, tables.CLINICIANS, [], (tables.clinicians.c.id,))


async def own_holds_of(connection: AsyncConnection, course_id: UUID) -> list[Hold]:
    """The open holds of scheduling's own for a course."""
    columns = tables.holds.c
    conditions = [columns.course_id == course_id, columns.status == "open"]
    return await _all(connection, tables.HOLDS, conditions, (columns.id,))


async def open_courses(connection: AsyncConnection) -> list[CourseFacts]:
    """Every course that a session may be booked for: registered, and not ended."""
    table = tables.course_facts.c
    rows = await connection.execute(sa.select(table.body).order_by(table.key.desc()).limit(_MOST))
    found = [tables.COURSE_FACTS.adapter.validate_json(row.body) for row in rows]
    return [one for one in found if one.registered and not one.closed and not one.declined]


async def _all(
    connection: AsyncConnection,
    stored: AggregateTable[S],
    conditions: list[sa.ColumnElement[bool]],
    order: tuple[sa.ColumnElement[object], ...],
) -> list[S]:
    rows = await connection.execute(
        sa.select(sa.cast(stored.table.c.body, sa.Text).label("body"))
        .where(*conditions)
        .order_by(*order)
        .limit(_MOST)
    )
    return [stored.adapter.validate_json(row.body) for row in rows]
