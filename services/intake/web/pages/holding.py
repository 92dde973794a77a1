"""Holds of a course: placing one, and signing that one may be lifted."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.web import holds
from services.intake.web.holds import LiftBody, PlacingBody
from services.intake.web.pages.about import about
from services.intake.web.paging import PAGE
from shared.protocol import HoldCategory
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}/holds")
async def course_holds(
    course_id: UUID, page: Annotated[Page, Depends(paged("read_course"))]
) -> Response:
    """What holds this course, here and elsewhere."""
    return await _holds(page, course_id, Form())


@router.post("/{course_id}/holds")
async def place(course_id: UUID, page: Annotated[Page, Depends(paged("place_hold"))]) -> Response:
    """Hold the course."""
    return await page.submit(
        PlacingBody,
        lambda body, call: holds.placing(course_id, body, call),
        then=f"/courses/{course_id}/holds",
        again=lambda form: _holds(page, course_id, form),
    )


@router.post("/{course_id}/holds/{hold_id}/lift")
async def lift(
    course_id: UUID, hold_id: UUID, page: Annotated[Page, Depends(paged("sign_hold_lift"))]
) -> Response:
    """Sign as oneself that the hold may be lifted."""
    return await page.submit(
        LiftBody,
        lambda body, call: holds.lift(hold_id, call, body),
        then=f"/courses/{course_id}/holds",
        again=lambda form: _holds(page, course_id, form),
    )


async def _holds(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "course_holds.html",
        form=form,
        categories=[one.value for one in HoldCategory],
        holds=await holds.course_holds(course_id, page.call, None, None, PAGE),
        **await about(course_id, page.call),
    )
