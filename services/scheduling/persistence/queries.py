"""What pages read: no locks, one statement each."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.desk_task import DeskTask
from services.scheduling.domain.note import Note
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.summary import Summary
from services.scheduling.persistence import tables
from shared.storage import AggregateTable, NotFound, SqlUnitOfWork
from shared.storage.aggregates import Aggregate

S = TypeVar("S", bound=Aggregate)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions; None means any."""

    starts_from: datetime | None = None
    starts_before: datetime | None = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    course_id: UUID | None = None
    client_id: UUID | None = None
    kind: str | None = None
    status: str | None = None
    here: bool | None = None


class BadCursorError(ValueError):
    """A cursor that this service never gave."""


async def list_sessions(
    uow: SqlUnitOfWork, wanted: SessionFilter, *, after: str | None, limit: int
) -> tuple[list[Session], str | None]:
    """Sessions in the order of their start, from after the cursor on."""
    columns = tables.sessions.c
    conditions = [
        columns[name] == value
        for name in ("room_id", "therapist_ref", "course_id", "client_id", "kind", "status", "here")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.starts_from is not None:
        conditions.append(columns.starts_at >= wanted.starts_from)
    if wanted.starts_before is not None:
        conditions.append(columns.starts_at < wanted.starts_before)
    if after is not None:
        starts_at, session_id = _read_cursor(after)
        conditions.append(
            sa.tuple_(columns.starts_at, columns.id) > sa.tuple_(starts_at, session_id)
        )
    rows = await uow.rows(
        sa.select(*tables.SESSIONS.shown)
        .where(*conditions)
        .order_by(columns.starts_at, columns.id)
        .limit(limit + 1)
    )
    found = rows.all()
    page = tables.SESSIONS.read(uow.seals, found[:limit])
    more = len(found) > limit and bool(page)
    return page, _cursor(page[-1].starts_at, page[-1].id) if more else None


async def session_with_version(uow: SqlUnitOfWork, session_id: UUID) -> tuple[Session, int]:
    """A session as it is, and its version."""
    wanted = sa.select(*tables.SESSIONS.shown).where(tables.sessions.c.id == session_id)
    rows = (await uow.rows(wanted)).all()
    found = tables.SESSIONS.read(uow.seals, rows)
    if not found:
        raise NotFound("session", session_id)
    return found[0], rows[0].version


async def list_rooms(
    uow: SqlUnitOfWork, *, after: str | None, limit: int
) -> tuple[list[Room], str | None]:
    return await _by_id(uow, tables.ROOMS, [], after, limit)


async def list_clinicians(
    uow: SqlUnitOfWork, *, after: str | None, limit: int
) -> tuple[list[Clinician], str | None]:
    return await _by_id(uow, tables.CLINICIANS, [], after, limit)


async def list_tasks(
    uow: SqlUnitOfWork,
    *,
    status: str | None,
    course_id: UUID | None,
    after: str | None,
    limit: int,
    kinds: Collection[str] | None = None,
) -> tuple[list[DeskTask], str | None]:
    columns = tables.desk_tasks.c
    conditions = [] if status is None else [columns.status == status]
    if course_id is not None:
        conditions.append(columns.course_id == course_id)
    if kinds is not None:
        conditions.append(columns.kind.in_(kinds))
    return await _by_id(uow, tables.DESK_TASKS, conditions, after, limit)


async def count_tasks(uow: SqlUnitOfWork) -> dict[tuple[str, str], int]:
    """How many tasks there are, by status and kind."""
    columns = tables.desk_tasks.c
    rows = await uow.rows(
        sa.select(columns.status, columns.kind, sa.func.count().label("tasks")).group_by(
            columns.status, columns.kind
        )
    )
    return {(row.status, row.kind): row.tasks for row in rows}


async def summaries_of(uow: SqlUnitOfWork, session_id: UUID) -> list[Summary]:
    """Every signed summary of a session, the first one first."""
    columns = tables.summaries.c
    found, _ = await _by_id(uow, tables.SUMMARIES, [columns.session_id == session_id], None, 1000)
    return found


async def notes_of(uow: SqlUnitOfWork, session_id: UUID) -> list[Note]:
    """Every note of a session, the first one first."""
    columns = tables.session_notes.c
    found, _ = await _by_id(uow, tables.NOTES, [columns.session_id == session_id], None, 1000)
    return found


async def _by_id(
    uow: SqlUnitOfWork,
    stored: AggregateTable[S],
    conditions: list[sa.ColumnElement[bool]],
    after: str | None,
    limit: int,
) -> tuple[list[S], str | None]:
    columns = stored.table.c
    if after is not None:
        conditions = [*conditions, columns.id > _read_id(after)]
    rows = await uow.rows(
        sa.select(*stored.shown).where(*conditions).order_by(columns.id).limit(limit + 1)
    )
    found = rows.all()
    page = stored.read(uow.seals, found[:limit])
    return page, str(found[limit - 1].id) if len(found) > limit else None


def _cursor(starts_at: datetime, session_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{starts_at.isoformat()} {session_id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        starts_at, session_id = base64.urlsafe_b64decode(cursor).decode().split(" ")
        return datetime.fromisoformat(starts_at), UUID(session_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursorError(cursor) from error


def _read_id(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError as error:
        raise BadCursorError(cursor) from error
