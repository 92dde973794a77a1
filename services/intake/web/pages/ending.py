"""Closing a course, and taking an approval back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.domain.vocabulary import CourseOutcome
from services.intake.web import courses
from services.intake.web.courses import CloseBody
from services.intake.web.fields import Body
from services.intake.web.pages.about import about
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}/close")
async def closing(
    course_id: UUID, page: Annotated[Page, Depends(paged("close_course"))]
) -> Response:
    """How does it end?"""
    return await _closing(page, course_id, Form())


@router.post("/{course_id}/close")
async def close(course_id: UUID, page: Annotated[Page, Depends(paged("close_course"))]) -> Response:
    """Close the course, once nothing of it is under way anywhere."""
    return await page.submit(
        CloseBody,
        lambda body, call: courses.close(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _closing(page, course_id, form),
    )


@router.post("/{course_id}/approval-revocation")
async def revoke(
    course_id: UUID, page: Annotated[Page, Depends(paged("revoke_approval"))]
) -> Response:
    """Take the approval back."""

    async def act(_body: Body, call: Any) -> Any:
        return await courses.approval_revocation(course_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/courses/{course_id}",
        again=lambda form: _closing(page, course_id, form),
    )


async def _closing(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "close.html",
        form=form,
        outcomes=[one.value for one in CourseOutcome],
        **await about(course_id, page.call),
    )
