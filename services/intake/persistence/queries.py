"""What pages and lists read: committed rows, without a client's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.intake.domain.client import Client
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.erasure import UNDER_WAY, Erasure
from services.intake.domain.hold import Hold, HoldStatus
from services.intake.persistence import tables
from services.intake.persistence.unit_of_work import SqlIntakeUnitOfWork
from shared.storage import AggregateTable


async def list_clients(
    uow: SqlIntakeUnitOfWork, *, name: str | None, after: UUID | None, most: int
) -> list[Client]:
    """Clients in the order of their registration; whoever is shown is kept in the audit."""
    conditions = []
    if name is not None:
        conditions.append(tables.clients.c.id.in_(await _named(uow, name)))
    found = await _page(uow, tables.CLIENTS, conditions, after, most)
    uow.showed(client.id for client in found)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a board asks for; everything that is given has to be so. ``closing`` is a status too."""

    statuses: tuple[str, ...] = ()
    client_id: UUID | None = None
    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None
    held: bool | None = None
    name: str | None = None
    """A part of the client's name."""


async def list_courses(
    uow: SqlIntakeUnitOfWork, wanted: Wanted, *, after: UUID | None, most: int
) -> list[TreatmentCourse]:
    """Courses in the order of their opening."""
    columns = tables.courses.c
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.statuses:
        of_status = sa.and_(columns.status.in_(wanted.statuses), sa.not_(columns.closing))
        closing = "closing" in wanted.statuses
        conditions.append(sa.or_(of_status, columns.closing) if closing else of_status)
    for name in ("client_id", "therapist_ref", "prescriber_ref"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(columns[name] == value)
    if wanted.name is not None:
        conditions.append(columns.client_id.in_(await _named(uow, wanted.name)))
    if wanted.held is not None:
        held = sa.exists().where(
            tables.holds.c.course_id == columns.id, tables.holds.c.status == HoldStatus.OPEN.value
        )
        conditions.append(held if wanted.held else ~held)
    return await _page(uow, tables.COURSES, conditions, after, most)


async def count_courses(uow: SqlIntakeUnitOfWork) -> dict[str, int]:
    """How many courses are in each state; ``closing`` counts those whose flag is up."""
    columns = tables.courses.c
    state = sa.case((columns.closing, "closing"), else_=columns.status)
    rows = await uow.rows(
        sa.select(state.label("state"), sa.func.count().label("courses")).group_by(state)
    )
    return {row.state: row.courses for row in rows}


async def list_clients_of(uow: SqlIntakeUnitOfWork, ids: Sequence[UUID]) -> dict[UUID, Client]:
    """These clients; whoever is shown is kept in the audit."""
    condition = tables.clients.c.id.in_(set(ids))
    found = await _page(uow, tables.CLIENTS, [condition], None, len(ids)) if ids else []
    uow.showed(client.id for client in found)
    return {client.id: client for client in found}


async def list_holds(
    uow: SqlIntakeUnitOfWork,
    *,
    status: str | None,
    course_id: UUID | None,
    after: UUID | None,
    most: int,
) -> list[Hold]:
    """Holds of intake in the order of their placing."""
    columns = tables.holds.c
    conditions: list[sa.ColumnElement[bool]] = []
    if status is not None:
        conditions.append(columns.status == status)
    if course_id is not None:
        conditions.append(columns.course_id == course_id)
    return await _page(uow, tables.HOLDS, conditions, after, most)


async def list_erasures(
    uow: SqlIntakeUnitOfWork, *, ended_too: bool, after: UUID | None, most: int
) -> list[Erasure]:
    """Erasures in the order in which they were asked for; those under way, or all."""
    under_way = tables.erasures.c.status.in_([one.value for one in UNDER_WAY])
    return await _page(uow, tables.ERASURES, [] if ended_too else [under_way], after, most)


async def _page(
    uow: SqlIntakeUnitOfWork,
    stored: AggregateTable[Any],
    conditions: Sequence[sa.ColumnElement[bool]],
    after: UUID | None,
    most: int,
) -> list[Any]:
    """One more than is shown tells that there is a next page."""
    table = stored.table
    query = sa.select(*stored.shown).where(*conditions)
    if after is not None:
        query = query.where(table.c.id > after)
    rows = await uow.rows(query.order_by(table.c.id).limit(most + 1))
    return stored.read(uow.seals, rows)


async def _named(uow: SqlIntakeUnitOfWork, part: str) -> list[UUID]:
    """The clients in reach with this in their name. No column tells names: each is opened here."""
    wanted = part.casefold()
    rows = await uow.rows(sa.select(*tables.CLIENTS.shown))
    clients = tables.CLIENTS.read(uow.seals, rows)
    return [client.id for client in clients if wanted in client.name.casefold()]


async def count_holds(uow: SqlIntakeUnitOfWork) -> dict[str, int]:
    """How many holds are open, and how many were lifted."""
    status = tables.HOLDS.table.c.status
    rows = await uow.rows(sa.select(status, sa.func.count().label("holds")).group_by(status))
    return {row.status: row.holds for row in rows}
