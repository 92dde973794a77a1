"""The signed-in person's inbox, and what they want it to leave out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.domain.alerts import ROUTES
from services.notifications.domain.notice import NoticeStatus
from services.notifications.web.api import inbox, preferences
from services.notifications.web.api.bodies import Body, PreferencesBody
from services.notifications.web.api.paging import Cursor
from services.notifications.web.pages.names import names_of
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/inbox")
async def entries(
    page: Annotated[Page, Depends(paged("see_inbox"))],
    status: NoticeStatus = NoticeStatus.UNREAD,
    cursor: Cursor = None,
) -> Response:
    """What the person was told."""
    return await _inbox(page, status, cursor, Form())


@router.post("/inbox/{notice_id}/acknowledgement")
async def read(notice_id: UUID, page: Annotated[Page, Depends(paged("read_notice"))]) -> Response:
    """The person has seen it."""
    return await page.submit(
        Body,
        lambda _, call: inbox.read_notice(notice_id, call),
        then="/inbox",
        again=lambda form: _inbox(page, NoticeStatus.UNREAD, None, form),
    )


@router.get("/preferences")
async def choice(page: Annotated[Page, Depends(paged("see_preferences"))]) -> Response:
    """What may be left out, and what never."""
    return await _preferences(page, Form())


@router.post("/preferences")
async def choose(page: Annotated[Page, Depends(paged("choose_preferences"))]) -> Response:
    """Leave these kinds out, and tell all others."""
    return await page.submit(
        PreferencesBody,
        preferences.choose,
        then="/preferences",
        again=lambda form: _preferences(page, form),
    )


async def _inbox(page: Page, status: NoticeStatus, cursor: UUID | None, form: Form) -> Response:
    found = await inbox.list_inbox(page.call, status=status, newest_first=True, cursor=cursor)
    return page.show(
        "inbox.html",
        form=form,
        notices=found.items,
        following=found.next_cursor,
        unread=await inbox.count_unread(page.call),
        kind=status,
        states=[state.value for state in NoticeStatus],
        names=await names_of(page.call, found.items),
    )


async def _preferences(page: Page, form: Form) -> Response:
    chosen = await preferences.get_preferences(page.call)
    return page.show(
        "preferences.html",
        form=form,
        chosen=chosen,
        severities={kind.value: route.severity.value for kind, route in ROUTES.items()},
    )
