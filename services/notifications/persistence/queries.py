"""What pages read: lists by column, in the order in which things came, a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.notifications.domain.notice import NoticeStatus
from services.notifications.persistence.tables import notices
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
    *conditions: sa.ColumnElement[bool],
    after: UUID | None,
    limit: int,
    newest_first: bool = False,
) -> Page[Any]:
    """States of one kind, by id, without a lock: what is read is shown, not decided by."""
    table = stored.table
    query = sa.select(*stored.shown).where(*conditions)
    if after is not None:
        query = query.where(table.c.id < after if newest_first else table.c.id > after)
    order = table.c.id.desc() if newest_first else table.c.id
    rows = (await uow.rows(query.order_by(order).limit(limit + 1))).all()
    items = stored.read(uow.seals, rows[:limit])
    return Page(items, rows[limit - 1].id if len(rows) > limit else None)


def matching(stored: AggregateTable[Any], **columns: Any) -> list[sa.ColumnElement[bool]]:
    """Conditions for the columns that were asked for; None means any."""
    table = stored.table
    return [table.c[name] == value for name, value in columns.items() if value is not None]


async def counted(
    uow: SqlUnitOfWork,
    stored: AggregateTable[Any],
    name: str,
    *conditions: sa.ColumnElement[bool],
) -> Mapping[str, int]:
    """How many states there are for each value of a column."""
    column = stored.table.c[name]
    rows = await uow.rows(
        sa.select(column.label("value"), sa.func.count().label("many"))
        .where(*conditions)
        .group_by(column)
    )
    return {row.value: row.many for row in rows}


def being(
    stored: AggregateTable[Any], name: str, wanted: Collection[Any], yes: bool | None
) -> list[sa.ColumnElement[bool]]:
    """A condition for a column being one of these, or none of them; None means any."""
    if yes is None:
        return []
    among = stored.table.c[name].in_(sorted(wanted))
    return [among if yes else ~among]


def due_by(stored: AggregateTable[Any], moment: datetime | None) -> list[sa.ColumnElement[bool]]:
    """A condition for a state that is due by this moment; None means any."""
    if moment is None:
        return []
    return [stored.table.c.due_at <= moment]


def inbox_of(role: str, ref: UUID | None, muted: Collection[str] = ()) -> sa.ColumnElement[bool]:
    """Entries of a person: addressed to them, or to their role while nobody fills it.

    What they turned off stays out; it is kept, and shows again when they turn it on.
    """
    return sa.and_(
        notices.c.role == role,
        sa.or_(notices.c.recipient_ref.is_(None), notices.c.recipient_ref == ref),
        notices.c.kind.not_in(muted),
    )


async def unread(uow: SqlUnitOfWork, mine: sa.ColumnElement[bool]) -> Mapping[str, int]:
    """How many entries nobody has read, by kind."""
    rows = await uow.rows(
        sa.select(notices.c.kind, sa.func.count().label("unread"))
        .where(mine, notices.c.status == NoticeStatus.UNREAD.value)
        .group_by(notices.c.kind)
    )
    return {row.kind: row.unread for row in rows}
