"""Messages and what became of them, what simulated channels kept, and every text there is."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.notifications.domain.message import MessageStatus
from services.notifications.persistence.queries import counted
from services.notifications.persistence.tables import MESSAGES
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import messages
from services.notifications.web.api.paging import Cursor
from services.notifications.web.pages.names import names_of
from services.notifications.web.pages.previews import previews
from shared.web.pages.page import Page, paged

router = APIRouter()

AT_ONCE: Final = 50
MOST: Final = 200


@router.get("/messages")
async def all_messages(
    page: Annotated[Page, Depends(paged("see_messages"))],
    status: MessageStatus | None = None,
    cursor: Cursor = None,
) -> Response:
    """By state, each with its reason."""
    found = await messages.list_messages(
        page.call, status=status, newest_first=True, cursor=cursor, limit=AT_ONCE
    )

    async def count(uow: SqlNotificationsUnitOfWork) -> list[tuple[str, int]]:
        by_status = await counted(uow, MESSAGES, "status")
        return [(state.value, by_status.get(state, 0)) for state in MessageStatus]

    return page.show(
        "messages.html",
        messages=found.items,
        following=found.next_cursor,
        kind=status,
        states=await page.call.read(count),
        names=await names_of(page.call, found.items),
    )


@router.get("/outbox")
async def outbox(
    page: Annotated[Page, Depends(paged("see_simulated_outbox"))],
    limit: Annotated[int, Query(ge=1, le=MOST)] = AT_ONCE,
) -> Response:
    """What simulated channels would have sent."""
    kept = await messages.list_simulated(page.call, limit=limit + 1)
    equipment = page.call.service.definition.extras["channels"]
    return page.show(
        "outbox.html",
        kept=kept.items[:limit],
        more=min(limit + AT_ONCE, MOST) if len(kept.items) > limit < MOST else None,
        simulated=sorted(channel.value for channel in equipment.simulated),
        names=await names_of(page.call, kept.items[:limit]),
    )


@router.get("/templates")
async def templates(page: Annotated[Page, Depends(paged("see_messages"))]) -> Response:
    """Every text in every language, about an appointment that nobody has."""
    service = page.call.service
    return page.show("templates.html", previews=previews(service.settings.zone))
