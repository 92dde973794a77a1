"""What each integrator is owed, in the order of the stream and client by client."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.delivery_attempt import Answer
from services.notifications.domain.event_place import Place
from services.notifications.domain.integrator import Integrator
from services.notifications.handlers.integrator_ports import Owed, PublicEvent
from services.notifications.persistence.integrator_tables import public_events, webhook_deliveries
from services.notifications.persistence.public_feed import (
    at_place,
    of_place,
    order_of,
    public_event,
)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class SqlDeliveries:
    """A row for each integrator and event."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def owe(self, event: PublicEvent, integrators: Sequence[UUID], now: datetime) -> None:
        if not integrators:
            return
        rows = [
            {
                "integrator_id": integrator_id,
                "event_id": event.event_id,
                "stream_epoch": event.place.epoch,
                "stream_sequence": event.place.sequence,
                "client_id": event.client_id,
                "type": event.type,
                **_beginning(now),
            }
            for integrator_id in integrators
        ]
        await self._connection.execute(
            insert(webhook_deliveries).values(rows).on_conflict_do_nothing()
        )

    async def owe_again(
        self, integrator: Integrator, types: Sequence[str], after: Place, to: Place, now: datetime
    ) -> int:
        names = ("event_id", "stream_epoch", "stream_sequence", "client_id", "type")
        began = _beginning(now)
        wanted = (
            sa.select(
                sa.literal(integrator.id),
                *(public_events.c[name] for name in names),
                *(
                    sa.literal(value, webhook_deliveries.c[name].type)
                    for name, value in began.items()
                ),
            )
            # The stream may hold an event twice; it is owed once, at its first place of these.
            .ext(distinct_on(public_events.c.event_id))
            .where(
                public_events.c.type.in_(types),
                at_place(public_events) > of_place(after),
                at_place(public_events) <= of_place(to),
            )
            .order_by(public_events.c.event_id, *order_of(public_events))
        )
        owed = insert(webhook_deliveries).from_select(["integrator_id", *names, *began], wanted)
        done = await self._connection.execute(
            owed.on_conflict_do_update(
                index_elements=["integrator_id", "event_id"],
                set_={**began, "tried_at": None, "status": None, "failure": None},
            )
        )
        return int(done.rowcount)

    async def due(self, integrator_id: UUID, now: datetime, most: int) -> list[Owed]:
        owed, earlier = webhook_deliveries, webhook_deliveries.alias("earlier")
        first = ~sa.exists().where(
            earlier.c.integrator_id == owed.c.integrator_id,
            earlier.c.client_id == owed.c.client_id,
            earlier.c.state == DeliveryState.WAITING.value,
            at_place(earlier) < at_place(owed),
        )
        query = (
            sa.select(public_events, owed.c.due_since, owed.c.attempts, _written().label("written"))
            .join(public_events, at_place(public_events) == at_place(owed))
            .where(
                owed.c.integrator_id == integrator_id,
                owed.c.state == DeliveryState.WAITING.value,
                owed.c.next_try_at <= now,
                first,
            )
            .order_by(*order_of(owed))
            .limit(most)
        )
        return [
            Owed(
                event=public_event(row),
                due_since=row.due_since,
                attempts=row.attempts,
                written=row.written,
            )
            for row in await self._connection.execute(query)
        ]

    async def taken(self, integrator_id: UUID, owed: Owed, answer: Answer, at: datetime) -> None:
        await self._note(integrator_id, owed, _noted(answer, at, DeliveryState.DELIVERED))

    async def tried(
        self,
        integrator_id: UUID,
        owed: Owed,
        answer: Answer,
        at: datetime,
        next_try_at: datetime | None,
    ) -> None:
        state = DeliveryState.FAILED if next_try_at is None else DeliveryState.WAITING
        noted = _noted(answer, at, state) | {"next_try_at": next_try_at}
        await self._note(integrator_id, owed, noted)

    async def begin_anew(self, integrator_id: UUID, now: datetime) -> None:
        await self._connection.execute(
            sa.update(webhook_deliveries).where(*_waiting(integrator_id)).values(**_beginning(now))
        )

    async def withdraw(self, integrator_id: UUID) -> None:
        await self._connection.execute(
            sa.delete(webhook_deliveries).where(*_waiting(integrator_id))
        )

    async def _note(self, integrator_id: UUID, owed: Owed, noted: dict[str, Any]) -> None:
        deliveries = webhook_deliveries
        await self._connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.event_id == owed.event.event_id,
                _written() == owed.written,
                *_waiting(integrator_id),
            )
            .values(attempts=deliveries.c.attempts + 1, **noted)
        )


def _beginning(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.WAITING.value,
        "due_since": now,
        "attempts": 0,
        "next_try_at": now,
    }


def _noted(answer: Answer, at: datetime, state: DeliveryState) -> dict[str, Any]:
    return {
        "state": state.value,
        "tried_at": at,
        "next_try_at": None,
        "status": answer.status,
        "failure": None if answer.failure is None else answer.failure.value,
    }


def _written() -> sa.ColumnElement[str]:
    """Which transaction wrote a row last: PostgreSQL keeps it for every row."""
    return sa.cast(sa.literal_column("webhook_deliveries.xmin"), sa.Text)


def _waiting(integrator_id: UUID) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return (
        webhook_deliveries.c.integrator_id == integrator_id,
        webhook_deliveries.c.state == DeliveryState.WAITING.value,
    )
