"""Messages with their state and reason, and what simulated channels would have sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.notifications.domain.message import MessageStatus, Reason
from services.notifications.domain.vocabulary import Purpose
from services.notifications.domain.wording import TRAITS, Wording
from services.notifications.persistence.queries import being, matching, page
from services.notifications.persistence.tables import MESSAGES
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import Listing, MessageView, listing, message_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

log = structlog.get_logger()

router = APIRouter(prefix="/messages", tags=["messages"])


@asynccontextmanager
async def warn_that_nothing_is_sent(app: Any) -> AsyncIterator[None]:
    """Said at every start, so that nobody takes a simulation for the clinic's real channels."""
    simulated = app.state.service.definition.extras["channels"].simulated
    if simulated:
        log.warning(
            "channels are simulated: messages are kept in the outbox page, nothing is sent",
            kind=", ".join(sorted(simulated)),
        )
    yield


simulated = APIRouter(
    prefix="/simulated-outbox", tags=["messages"], lifespan=warn_that_nothing_is_sent
)


class SimulatedView(BaseModel):
    """A message as its reader would have seen it; the address only as far as it is recognised."""

    message_id: UUID
    channel: str
    client_id: UUID
    at: datetime
    language: str
    sent_to: str
    subject: str
    body: str


class SimulatedListing(BaseModel):
    items: list[SimulatedView]


@router.get("", responses=problems())
async def list_messages(
    call: Annotated[Call, Depends(calling("see_messages"))],
    *,
    course_id: UUID | None = None,
    session_id: UUID | None = None,
    client_id: UUID | None = None,
    status: MessageStatus | None = None,
    reason: Reason | None = None,
    purpose: Purpose | None = None,
    newest_first: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[MessageView]:
    """Messages by course, session, client, status, reason or purpose."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[MessageView]:
        found = await page(
            uow,
            MESSAGES,
            *matching(
                MESSAGES,
                course_id=course_id,
                session_id=session_id,
                client_id=client_id,
                status=status,
                reason=reason,
            ),
            *being(MESSAGES, "wording", _for(purpose), None if purpose is None else True),
            after=cursor,
            limit=limit,
            newest_first=newest_first,
        )
        return listing(found, [message_view(one) for one in found.items])

    return await call.read(read)


def _for(purpose: Purpose | None) -> frozenset[Wording]:
    return frozenset(one for one, traits in TRAITS.items() if traits.purpose is purpose)


@simulated.get("", responses=problems())
async def list_simulated(
    call: Annotated[Call, Depends(calling("see_simulated_outbox"))],
    *,
    client_id: UUID | None = None,
    limit: Limit = 100,
) -> SimulatedListing:
    """What simulated channels would have sent, the newest first."""

    async def read(uow: SqlNotificationsUnitOfWork) -> SimulatedListing:
        kept = await uow.simulated_outbox.newest(client_id, limit)
        return SimulatedListing(
            items=[SimulatedView.model_validate(one, from_attributes=True) for one in kept]
        )

    return await call.read(read)
