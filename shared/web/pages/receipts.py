"""Receipts on pages: why a gate said what it said, for whoever asks *Why?*."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from shared.web import receipts as api
from shared.web.pages.page import Page, paged

About = Callable[[UUID, Page], Awaitable[Mapping[str, Any]]]
"""What a service's banner needs to know about a course."""


def receipt_pages(about: About, sees_whom: str) -> APIRouter:
    """The decisions of a course or a session, and each with everything that it rests on.

    More people read receipts than know clients: who it is about is told to whoever has the action
    ``sees_whom``.
    """
    router = APIRouter(prefix="/receipts")

    @router.get("")
    async def decisions(
        page: Annotated[Page, Depends(paged("read_receipts"))],
        subject_id: UUID | None = None,
        course_id: UUID | None = None,
    ) -> Response:
        """What was decided so far, the latest first."""
        found = await api.receipts(page.call, subject_id, course_id)
        course = course_id or next((one.course_id for one in found if one.course_id), None)
        return page.show("receipts.html", receipts=found, **await _about(course, page))

    @router.get("/{receipt_id}")
    async def receipt(
        receipt_id: UUID, page: Annotated[Page, Depends(paged("read_receipts"))]
    ) -> Response:
        """One decision: every rule, what it read, from which events, and what would unblock it."""
        found = await api.receipt(receipt_id, page.call)
        return page.show("receipt.html", receipt=found, **await _about(found.course_id, page))

    async def _about(course_id: UUID | None, page: Page) -> Mapping[str, Any]:
        return await about(course_id, page) if course_id and page.may(sees_whom) else {}

    return router
