"""What calendars and boards read: whole days, without a lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.hold import Hold
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.persistence import tables
from shared.storage import AggregateTable, SqlUnitOfWork
from shared.storage.aggregates import Aggregate

S = TypeVar("S", bound=Aggregate)
_MOST: Final = 5000


async def sessions_within(
    uow: SqlUnitOfWork, since: datetime, until: datetime, *, without: Sequence[str]
) -> list[Session]:
    """Every session that holds anything within a stretch of time, in the order of their start."""
    columns = tables.sessions.c
    return await _all(
        uow,
        tables.SESSIONS,
        [
            columns.starts_at < until,
            columns.reserved_until > since,
            columns.status.not_in(tuple(without)),
        ],
        (columns.starts_at, columns.id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A time in which a room and clinicians are taken, by somebody who is not to be known."""

    starts_at: datetime
    until: datetime
    room_id: UUID | None
    clinicians: frozenset[UUID]
    here: bool


async def taken_within(
    uow: SqlUnitOfWork, since: datetime, until: datetime, *, without: Sequence[str]
) -> list[Taken]:
    """What sessions of clients out of reach take up, without a word of whose they are."""
    if uow.reach.everybody:
        return []
    columns = tables.sessions.c
    query = (
        sa.select(
            columns.client_id,
            columns.starts_at,
            columns.reserved_until,
            columns.room_id,
            columns.therapist_ref,
            columns.attendant_ref,
            columns.here,
        )
        .where(
            columns.starts_at < until,
            sa.or_(columns.reserved_until > since, columns.here),
            columns.status.not_in(tuple(without)),
        )
        .order_by(columns.starts_at, columns.id)
        .limit(_MOST)
    )
    rows = await uow.reach.across(query, {})
    reached = await uow.reach.of_all({row.client_id for row in rows})
    return [
        Taken(
            starts_at=row.starts_at,
            until=row.reserved_until,
            room_id=row.room_id,
            clinicians=frozenset({row.therapist_ref, row.attendant_ref} - {None}),
            here=row.here,
        )
        for row in rows
        if row.client_id not in reached
    ]


async def sessions_here(uow: SqlUnitOfWork) -> list[Session]:
    """Every session whose client is in a room now."""
    columns = tables.sessions.c
    return await _all(uow, tables.SESSIONS, [columns.here], (columns.starts_at, columns.id))


async def all_rooms(uow: SqlUnitOfWork) -> list[Room]:
    return await _all(uow, tables.ROOMS, [], (tables.rooms.c.id,))


async def all_clinicians(uow: SqlUnitOfWork) -> list[Clinician]:
    return await _all(uow, tables.CLINICIANS, [], (tables.clinicians.c.id,))


async def own_holds_of(uow: SqlUnitOfWork, course_id: UUID) -> list[Hold]:
    """The open holds of scheduling's own for a course."""
    columns = tables.holds.c
    conditions = [columns.course_id == course_id, columns.status == "open"]
    return await _all(uow, tables.HOLDS, conditions, (columns.id,))


async def open_courses(uow: SqlUnitOfWork) -> list[CourseFacts]:
    """Every course that a session may be booked for: registered, and not ended."""
    table = tables.course_facts.c
    shown = sa.select(*tables.COURSE_FACTS.shown)
    rows = await uow.rows(shown.order_by(table.key.desc()).limit(_MOST))
    found = tables.COURSE_FACTS.read(uow.seals, rows)
    return [one for one in found if one.registered and not one.closed and not one.declined]


async def _all(
    uow: SqlUnitOfWork,
    stored: AggregateTable[S],
    conditions: list[sa.ColumnElement[bool]],
    order: tuple[sa.ColumnElement[object], ...],
) -> list[S]:
    rows = await uow.rows(sa.select(*stored.shown).where(*conditions).order_by(*order).limit(_MOST))
    return stored.read(uow.seals, rows)
