"""What pages and lists read: committed rows, without a client's lock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.intake.domain.client import Client
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.hold import Hold
from services.intake.persistence import tables
from services.intake.persistence.unit_of_work import SqlIntakeUnitOfWork
from shared.runtime.ids import new_id
from shared.storage import AggregateTable


async def list_clients(
    uow: SqlIntakeUnitOfWork, *, name: str | None, after: UUID | None, most: int
) -> list[Client]:
    """Clients in the order of their registration; whoever is shown is kept in the audit."""
    conditions = []
    if name is not None:
        conditions.append(tables.clients.c.name.icontains(name, autoescape=True))
    found = await _page(uow, tables.CLIENTS, conditions, after, most)
    if found:
        await uow.connection.execute(
            sa.insert(tables.detail_audit),
            [
                {
                    "id": new_id(),
                    "told_at": uow.now,
                    "detail": "list",
                    "client_id": client.id,
                    "actor_role": uow.actor.role,
                    "actor_ref": uow.actor.ref,
                }
                for client in found
            ],
        )
    return found


async def list_courses(
    uow: SqlIntakeUnitOfWork,
    *,
    status: str | None,
    client_id: UUID | None,
    after: UUID | None,
    most: int,
) -> list[TreatmentCourse]:
    """Courses in the order of their opening. ``closing`` finds those whose flag is up."""
    columns = tables.courses.c
    conditions: list[sa.ColumnElement[bool]] = []
    if status == "closing":
        conditions.append(columns.closing)
    elif status is not None:
        conditions += [columns.status == status, sa.not_(columns.closing)]
    if client_id is not None:
        conditions.append(columns.client_id == client_id)
    return await _page(uow, tables.COURSES, conditions, after, most)


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


async def _page(
    uow: SqlIntakeUnitOfWork,
    stored: AggregateTable[Any],
    conditions: Sequence[sa.ColumnElement[bool]],
    after: UUID | None,
    most: int,
) -> list[Any]:
    """One more than is shown tells that there is a next page."""
    table = stored.table
    query = sa.select(sa.cast(table.c.body, sa.Text)).where(*conditions)
    if after is not None:
        query = query.where(table.c.id > after)
    rows = await uow.connection.execute(query.order_by(table.c.id).limit(most + 1))
    return [stored.adapter.validate_json(body) for body in rows.scalars()]
