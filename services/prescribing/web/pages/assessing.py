"""The medical assessment of a course, and the enrolment that a certified programme asks for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.vocabulary import AssessmentOutcome, Visit
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import assessments
from services.prescribing.web.api.assessments import CompletionBody, EnrolmentBody
from services.prescribing.web.api.records import ASSESSMENT
from services.prescribing.web.pages.about import about
from shared.web.addenda import beneath
from shared.web.pages.client import open_questions
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}/assessment")
async def assessment(
    course_id: UUID, page: Annotated[Page, Depends(paged("see_assessments"))]
) -> Response:
    """What was asked for, and what was answered."""
    return await _assessment(page, course_id, Form())


@router.post("/{course_id}/assessments/{request_id}")
async def complete(
    course_id: UUID,
    request_id: UUID,
    page: Annotated[Page, Depends(paged("complete_assessment"))],
) -> Response:
    """Sign the assessment."""
    return await page.submit(
        CompletionBody,
        lambda body, call: assessments.complete(request_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _assessment(page, course_id, form),
    )


@router.post("/{course_id}/assessments/{request_id}/enrolment")
async def enrol(
    course_id: UUID,
    request_id: UUID,
    page: Annotated[Page, Depends(paged("complete_assessment"))],
) -> Response:
    """Client and prescriber have signed the enrolment."""
    return await page.submit(
        EnrolmentBody,
        lambda body, call: assessments.enrol(request_id, body, call),
        then=f"/courses/{course_id}/assessment",
        again=lambda form: _assessment(page, course_id, form),
    )


async def _assessment(page: Page, course_id: UUID, form: Form) -> Response:
    listed = await assessments.list_assessments(page.call, course_id=course_id, limit=200)

    async def certified(uow: SqlPrescribingUnitOfWork) -> bool:
        return (await uow.protocol_of(course_id)).is_esketamine

    return page.show(
        "assessment.html",
        form=form,
        assessments=list(reversed(listed.items)),
        outcomes=[one.value for one in AssessmentOutcome],
        visits=[one.value for one in Visit],
        addenda=await beneath(ASSESSMENT, [one.id for one in listed.items], page.call),
        certified=await page.call.read(certified),
        open_questions=await open_questions(page.call, course_id),
        **await about(page, course_id),
    )
