"""Public events as they happen, for programs that hold a connection open (interfaces 2).

Server-sent events: what the pull answers, one after the other. Each batch is read as any request
is, in a transaction of its own that writes whose events it showed; and whoever could not ask any
more is told no more.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from fastapi.responses import StreamingResponse

from services.notifications.channels.cloud_event import PUBLIC_TYPES, structured
from services.notifications.domain.event_place import BEGINNING, Place, place
from services.notifications.domain.event_types import MOST_PATTERNS, wants
from services.notifications.handlers.integrator_ports import PublicEvent
from services.notifications.persistence import integrator_queries
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.integrator_bodies import EventCursor, TypePattern
from shared.serving.changes import AT_MOST_EVERY_SECONDS, Changes
from shared.storage.failures import is_unavailable
from shared.web.access import may_go_on
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/events", tags=["integrators"])

EVENTS: Final = "text/event-stream"
AT_ONCE: Final = 100
ASKED_AGAIN_SECONDS: Final = 5.0
"""Whether the token is still good."""


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {"content": {EVENTS: {"schema": {"type": "string"}}}, "description": "Events"},
        **problems(406),
    },
)
async def follow_events(
    call: Annotated[Call, Depends(calling("read_public_events"))],
    *,
    accept: Annotated[str, Header(description=EVENTS)] = "",
    last_event_id: Annotated[
        EventCursor | None, Header(description="The cursor of the last event; wins over `after`")
    ] = None,
    after: EventCursor | None = None,
    types: Annotated[
        tuple[TypePattern, ...],
        Query(
            max_length=MOST_PATTERNS,
            description="Types of events, `*` for any letters; none means all public ones",
        ),
    ] = (),
) -> StreamingResponse:
    """Public events after a cursor, or from the beginning of what is kept, and then as they come.

    `id` is the event's cursor, `data` the event. It ends when the token does, or the service.
    """
    if EVENTS not in accept:
        raise HTTPException(406, f"Ask with 'Accept: {EVENTS}': the answer does not end.")
    cursor = last_event_id or after
    wanted = sorted(one for one in PUBLIC_TYPES if wants(types, one))
    began = BEGINNING if cursor is None else place(cursor)
    return StreamingResponse(_as_they_come(call, wanted, began), media_type=EVENTS)


async def _as_they_come(call: Call, wanted: Sequence[str], at: Place) -> AsyncIterator[str]:
    changes, asked = call.service.changes, time.monotonic()
    yield "retry: 1000\n\n"
    while not changes.over:
        seen = changes.count
        try:
            found = await _after(call, wanted, at)
        except Exception as error:
            if is_unavailable(error):
                return  # whoever asks again goes on where this ended
            raise
        for event in found:
            at = event.place
            told = structured(event.headers, event.payload, event.place).decode()
            yield f"id: {at}\ndata: {told}\n\n"
        if len(found) < AT_ONCE and not await _changed(changes, seen):
            yield ":\n\n"
        if time.monotonic() - asked > ASKED_AGAIN_SECONDS:
            if not await may_go_on(call.request, call.actor, call.action):
                return
            asked = time.monotonic()


async def _changed(changes: Changes, seen: int) -> bool:
    """Whether something was committed before it has been silent for too long."""
    if await changes.soon_after(seen) == seen:
        return changes.over
    await asyncio.sleep(AT_MOST_EVERY_SECONDS)
    return True


async def _after(call: Call, wanted: Sequence[str], at: Place) -> list[PublicEvent]:
    async def read(uow: SqlNotificationsUnitOfWork) -> list[PublicEvent]:
        return await integrator_queries.events_after(uow, wanted, at, AT_ONCE)

    now = replace(call.context, now=call.service.clock.now())
    return await replace(call, context=now).read(read)
