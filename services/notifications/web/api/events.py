"""Public events for programs that have neither NATS nor an endpoint: they ask (interfaces 2)."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.notifications.channels.cloud_event import PUBLIC_TYPES, structured
from services.notifications.domain.event_place import BEGINNING, place
from services.notifications.domain.event_types import MOST_PATTERNS, wants
from services.notifications.handlers.integrator_ports import PublicEvent
from services.notifications.persistence import integrator_queries
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.integrator_bodies import EventCursor, TypePattern
from services.notifications.web.api.paging import Limit
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/events", tags=["integrators"])


class EventListing(BaseModel):
    """CloudEvents in the order of the stream. Ask again with ``next`` as ``after``; as long as
    there is nothing new, it is the same.
    """

    items: list[dict[str, Any]]
    next: str


@router.get("", responses=problems())
async def list_events(
    call: Annotated[Call, Depends(calling("read_public_events"))],
    *,
    after: EventCursor | None = None,
    types: Annotated[
        tuple[TypePattern, ...],
        Query(
            max_length=MOST_PATTERNS,
            description="Types of events, `*` for any letters; none means all public ones",
        ),
    ] = (),
    limit: Limit = 100,
) -> EventListing:
    """Public events after a cursor, or from the beginning of what is kept."""
    began = BEGINNING if after is None else place(after)
    wanted = sorted(one for one in PUBLIC_TYPES if wants(types, one))

    async def read(uow: SqlNotificationsUnitOfWork) -> list[PublicEvent]:
        return await integrator_queries.events_after(uow, wanted, began, limit)

    found = await call.read(read)
    return EventListing(
        items=[json.loads(structured(one.headers, one.payload, one.place)) for one in found],
        next=str(found[-1].place if found else began),
    )
