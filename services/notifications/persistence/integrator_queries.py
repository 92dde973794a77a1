"""What pages and programs read of integrators: how each fares, and what it was told and not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.notifications.domain.delivery_attempt import Failure
from services.notifications.domain.event_place import Place
from services.notifications.domain.integrator import Integrator
from services.notifications.handlers.integrator_ports import PublicEvent
from services.notifications.persistence.deliveries import DeliveryState
from services.notifications.persistence.integrator_tables import (
    INTEGRATORS,
    integrators,
    public_events,
    webhook_deliveries,
)
from services.notifications.persistence.public_feed import (
    at_place,
    of_place,
    order_of,
    public_event,
)
from shared.storage import SqlUnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Fare:
    """How it goes with an integrator: what waits since when, what was given up, what was told."""

    waiting: int = 0
    waiting_since: datetime | None = None
    failed: int = 0
    delivered: int = 0
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one integrator, and what became of it."""

    event_id: UUID
    type: str
    place: Place
    state: DeliveryState
    due_since: datetime
    attempts: int
    tried_at: datetime | None
    next_try_at: datetime | None
    status: int | None
    failure: Failure | None


async def all_integrators(uow: SqlUnitOfWork, name: str | None = None) -> list[Integrator]:
    """By name; those that were revoked last."""
    query = sa.select(*INTEGRATORS.shown)
    if name is not None:
        query = query.where(integrators.c.name == name)
    order = (integrators.c.status == "revoked", integrators.c.name, integrators.c.id.desc())
    return INTEGRATORS.read(uow.seals, await uow.rows(query.order_by(*order)))


async def fares(uow: SqlUnitOfWork) -> Mapping[UUID, Fare]:
    """How each integrator fares that was ever owed something."""
    owed = webhook_deliveries.c

    def being(state: DeliveryState) -> sa.ColumnElement[bool]:
        return owed.state == state.value

    rows = await uow.rows(
        sa.select(
            owed.integrator_id,
            sa.func.count().filter(being(DeliveryState.WAITING)).label("waiting"),
            sa.func.min(owed.due_since).filter(being(DeliveryState.WAITING)).label("waiting_since"),
            sa.func.count().filter(being(DeliveryState.FAILED)).label("failed"),
            sa.func.count().filter(being(DeliveryState.DELIVERED)).label("delivered"),
            sa.func.max(owed.tried_at).filter(being(DeliveryState.DELIVERED)).label("delivered_at"),
        ).group_by(owed.integrator_id)
    )
    return {
        row.integrator_id: Fare(
            waiting=row.waiting,
            waiting_since=row.waiting_since,
            failed=row.failed,
            delivered=row.delivered,
            delivered_at=row.delivered_at,
        )
        for row in rows
    }


async def deliveries(
    uow: SqlUnitOfWork,
    integrator_id: UUID,
    states: Sequence[DeliveryState],
    *,
    after: Place | None,
    limit: int,
) -> list[Delivery]:
    """What an integrator was owed, in the order of the stream."""
    owed = webhook_deliveries
    query = sa.select(owed).where(
        owed.c.integrator_id == integrator_id, owed.c.state.in_([one.value for one in states])
    )
    if after is not None:
        query = query.where(at_place(owed) > of_place(after))
    return [
        Delivery(
            event_id=row.event_id,
            type=row.type,
            place=Place(row.stream_epoch, row.stream_sequence),
            state=DeliveryState(row.state),
            due_since=row.due_since,
            attempts=row.attempts,
            tried_at=row.tried_at,
            next_try_at=row.next_try_at,
            status=row.status,
            failure=None if row.failure is None else Failure(row.failure),
        )
        for row in await uow.rows(query.order_by(*order_of(owed)).limit(limit))
    ]


async def events_after(
    uow: SqlUnitOfWork, types: Sequence[str], after: Place, limit: int
) -> list[PublicEvent]:
    """Public events of these types, in the order of the stream."""
    query = (
        sa.select(public_events)
        .where(public_events.c.type.in_(types), at_place(public_events) > of_place(after))
        .order_by(*order_of(public_events))
        .limit(limit)
    )
    return [public_event(row) for row in await uow.rows(query)]
