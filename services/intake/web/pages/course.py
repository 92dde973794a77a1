"""A course: the way so far, what is next, what stands in the way; its team and its wishes."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.domain.vocabulary import CourseStatus
from services.intake.web import courses, holds, questions, reviews
from services.intake.web.courses import CareTeamBody, PreferencesBody
from services.intake.web.pages.about import about
from services.intake.web.paging import PAGE
from services.intake.web.records import EVALUATION
from shared.protocol import EngagementStyle, Role, Touch
from shared.web.addenda import beneath
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")

WAY: Final = (
    CourseStatus.INQUIRY,
    CourseStatus.SCREENING,
    CourseStatus.AWAITING_MEDICAL,
    CourseStatus.APPROVED,
    CourseStatus.PREPARING,
    CourseStatus.ACTIVE,
    CourseStatus.COMPLETED,
)


@router.get("/{course_id}")
async def course(course_id: UUID, page: Annotated[Page, Depends(paged("read_course"))]) -> Response:
    """The course at a glance."""
    return page.show(
        "course.html",
        way=[state.value for state in WAY],
        holds=await holds.course_holds(course_id, page.call, None, None, PAGE),
        questions=await questions.questions(course_id, page.call),
        reviews=await reviews.reviews(course_id, page.call),
        addenda=await beneath(EVALUATION, [course_id], page.call),
        **await about(course_id, page.call),
    )


@router.get("/{course_id}/team")
async def team(course_id: UUID, page: Annotated[Page, Depends(paged("assign_team"))]) -> Response:
    """Who treats."""
    return await _team(page, course_id, Form())


@router.post("/{course_id}/team")
async def assign(course_id: UUID, page: Annotated[Page, Depends(paged("assign_team"))]) -> Response:
    """Name the therapist and the prescriber."""
    return await page.submit(
        CareTeamBody,
        lambda body, call: courses.care_team(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _team(page, course_id, form),
    )


async def _team(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "team.html",
        form=form,
        therapists=page.people(Role.THERAPIST),
        prescribers=page.people(Role.PRESCRIBER),
        **await about(course_id, page.call),
    )


@router.get("/{course_id}/preferences")
async def preferences(
    course_id: UUID, page: Annotated[Page, Depends(paged("update_preferences"))]
) -> Response:
    """What the client wants in a session."""
    return await _preferences(page, course_id, Form())


@router.post("/{course_id}/preferences")
async def prefer(
    course_id: UUID, page: Annotated[Page, Depends(paged("update_preferences"))]
) -> Response:
    """Record what the client wants."""
    return await page.submit(
        PreferencesBody,
        lambda body, call: courses.preferences(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _preferences(page, course_id, form),
    )


async def _preferences(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "preferences.html",
        form=form,
        touches=[one.value for one in Touch],
        styles=[one.value for one in EngagementStyle],
        **await about(course_id, page.call),
    )
