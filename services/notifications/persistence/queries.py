"""What pages read: lists by column, in the order in which things came, a page at a time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.persistence.tables import notices
from shared.storage import AggregateTable

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Page(Generic[S]):
    """``next_cursor`` is the id after which the next page begins; None: this was the last."""

    items: list[S]
    next_cursor: UUID | None


async def page(
    connection: AsyncConnection,
    stored: AggregateTable[Any],
    *conditions: sa.ColumnElement[bool],
    after: UUID | None,
    limit: int,
) -> Page[Any]:
    """States of one kind, by id, without a lock: what is read is shown, not decided by."""
    table = stored.table
    query = sa.select(table.c.id, sa.cast(table.c.body, sa.Text).label("body")).where(*conditions)
    if after is not None:
        query = query.where(table.c.id > after)
    rows = (await connection.execute(query.order_by(table.c.id).limit(limit + 1))).all()
    items = [stored.adapter.validate_json(row.body) for row in rows[:limit]]
    return Page(items, rows[limit - 1].id if len(rows) > limit else None)


def matching(stored: AggregateTable[Any], **columns: Any) -> list[sa.ColumnElement[bool]]:
    """Conditions for the columns that were asked for; None means any."""
    table = stored.table
    return [table.c[name] == value for name, value in columns.items() if value is not None]


def inbox_of(role: str, ref: UUID | None) -> sa.ColumnElement[bool]:
    """Entries of a person: addressed to them, or to their role while nobody fills it."""
    return sa.and_(
        notices.c.role == role,
        sa.or_(notices.c.recipient_ref.is_(None), notices.c.recipient_ref == ref),
    )
