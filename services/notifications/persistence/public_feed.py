"""Every public event, under the place where the stream held it."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.event_place import BEGINNING, Place
from services.notifications.handlers.integrator_ports import PublicEvent
from services.notifications.persistence.integrator_tables import public_events

_DAYS_KEPT: Final = 400
"""As long as the stream keeps an event at most (ruling 9)."""


def at_place(table: sa.FromClause) -> sa.Tuple:
    """The columns that say where the stream held an event."""
    return sa.tuple_(*order_of(table))


def order_of(table: sa.FromClause) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """The same, to sort by."""
    return table.c.stream_epoch, table.c.stream_sequence


def of_place(place: Place) -> sa.Tuple:
    """The same of a place that is known."""
    return sa.tuple_(
        sa.literal(place.epoch, sa.BigInteger), sa.literal(place.sequence, sa.BigInteger)
    )


class SqlPublicFeed:
    """Keeps public events."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, event: PublicEvent) -> None:
        values = {
            "event_id": event.event_id,
            "type": event.type,
            "client_id": event.client_id,
            "recorded_at": event.recorded_at,
            "headers": dict(event.headers),
            "payload": event.payload,
        }
        await self._connection.execute(
            insert(public_events)
            .values(stream_epoch=event.place.epoch, stream_sequence=event.place.sequence, **values)
            .on_conflict_do_nothing()
        )

    async def end(self) -> Place:
        return await self._furthest(sa.true()) or BEGINNING

    async def since(self, moment: datetime) -> Place:
        first = await self._furthest(public_events.c.recorded_at >= moment, backwards=True)
        return await self.end() if first is None else Place(first.epoch, first.sequence - 1)

    async def until(self, moment: datetime) -> Place:
        return await self._furthest(public_events.c.recorded_at <= moment) or BEGINNING

    async def _furthest(
        self, condition: sa.ColumnElement[bool], *, backwards: bool = False
    ) -> Place | None:
        order = order_of(public_events)
        query = (
            sa.select(*order)
            .where(condition)
            .order_by(*(one if backwards else one.desc() for one in order))
            .limit(1)
        )
        found = (await self._connection.execute(query)).one_or_none()
        return None if found is None else Place(*found)

    async def forget_the_oldest(self) -> None:
        """Give up what the stream does not keep either."""
        oldest = sa.text(f"clock_timestamp() - interval '{_DAYS_KEPT} days'")
        await self._connection.execute(
            sa.delete(public_events).where(public_events.c.kept_at < oldest)
        )


def public_event(row: Any) -> PublicEvent:
    """An event as it was kept."""
    return PublicEvent(
        place=Place(row.stream_epoch, row.stream_sequence),
        event_id=row.event_id,
        type=row.type,
        client_id=row.client_id,
        recorded_at=row.recorded_at,
        headers=row.headers,
        payload=bytes(row.payload),
    )
