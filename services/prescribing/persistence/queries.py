"""What pages read: lists by column, in the order in which things came, a page at a time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.prescribing.persistence.tables import HOLDS
from shared.storage import AggregateTable, SqlUnitOfWork

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Page(Generic[S]):
    """``next_cursor`` is the id after which the next page begins; None: this was the last."""

    items: list[S]
    next_cursor: UUID | None


async def page(
    uow: SqlUnitOfWork,
    stored: AggregateTable[Any],
    *,
    after: UUID | None,
    limit: int,
    **columns: Any,
) -> Page[Any]:
    """States of one kind, by id, without a lock: what is read is shown, not decided by.

    A column given as None means any value, given as a set any of these.
    """
    table = stored.table
    query = sa.select(*stored.shown).where(
        *(_wanted(table.c[name], value) for name, value in columns.items() if value is not None)
    )
    if after is not None:
        query = query.where(table.c.id > after)
    rows = (await uow.rows(query.order_by(table.c.id).limit(limit + 1))).all()
    items = stored.read(uow.seals, rows[:limit])
    return Page(items, rows[limit - 1].id if len(rows) > limit else None)


def _wanted(column: sa.ColumnElement[Any], value: Any) -> sa.ColumnElement[bool]:
    return column.in_(value) if isinstance(value, frozenset) else column == value


async def count_holds(uow: SqlUnitOfWork) -> dict[str, int]:
    """How many holds are open, and how many were lifted."""
    status = HOLDS.table.c.status
    rows = await uow.rows(sa.select(status, sa.func.count().label("holds")).group_by(status))
    return {row.status: row.holds for row in rows}
