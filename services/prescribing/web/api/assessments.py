"""Medical assessments, and the prescribers' registrations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, AwareDatetime, Field

from services.prescribing.domain.medical_assessment import AssessmentStatus
from services.prescribing.domain.registration import dea_number_adds_up
from services.prescribing.domain.vocabulary import AssessmentOutcome, Visit
from services.prescribing.handlers.complete_assessment import (
    CompleteAssessment,
    RecordEnrolment,
    complete_assessment,
    record_enrolment,
)
from services.prescribing.handlers.record_registration import (
    RecordRegistration,
    record_registration,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import ASSESSMENTS, REGISTRATIONS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import (
    Body,
    Cursor,
    Limit,
    Line,
    StatedAt,
    Words,
)
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.prescribing import (
    AssessmentView,
    RegistrationView,
    assessment_view,
    registration_view,
)
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["assessments"])


def _adds_up(number: str) -> str:
    if not dea_number_adds_up(number):
        raise ValueError("the last digit of the DEA number does not check the others")
    return number


DeaNumber = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{7}$"), AfterValidator(_adds_up)]


class CompletionBody(Body):
    outcome: AssessmentOutcome
    valid_until: AwareDatetime | None = None
    allergies: Annotated[tuple[Line, ...] | None, Field(max_length=100)] = None
    notes: Words | None = None
    visit: Visit = Visit.IN_PERSON


class EnrolmentBody(Body):
    client_signed_at: StatedAt = None


class RegistrationBody(Body):
    licence_valid_until: AwareDatetime
    dea_valid_until: AwareDatetime
    dea_number: DeaNumber | None = None
    licence_number: Annotated[Line, Field(max_length=40)] | None = None
    licence_state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


@router.get("/assessments", responses=problems())
async def list_assessments(
    call: Annotated[Call, Depends(calling("see_assessments"))],
    *,
    course_id: UUID | None = None,
    client_id: UUID | None = None,
    status: AssessmentStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[AssessmentView]:
    """Assessments by course, client or status."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[AssessmentView]:
        found = await page(
            uow,
            ASSESSMENTS,
            after=cursor,
            limit=limit,
            course_id=course_id,
            client_id=client_id,
            status=status,
        )
        return listing(found, assessment_view)

    return await call.read(read)


@router.get("/assessments/{request_id}", responses=problems(404))
async def get_assessment(
    request_id: UUID, call: Annotated[Call, Depends(calling("see_assessments"))]
) -> AssessmentView:
    """The assessment of a request."""

    async def read(uow: SqlPrescribingUnitOfWork) -> AssessmentView:
        return assessment_view(await uow.assessments.get(request_id))

    return await call.read(read)


@router.post("/assessments/{request_id}/completion", responses=problems(404, 409, 412))
async def complete(
    request_id: UUID,
    body: CompletionBody,
    call: Annotated[Call, Depends(calling("complete_assessment"))],
) -> AssessmentView:
    """The prescriber signs: cleared, not cleared, or more information needed."""
    return await call.run(
        complete_assessment,
        CompleteAssessment(
            request_id=request_id,
            outcome=body.outcome,
            valid_until=body.valid_until,
            allergies=body.allergies,
            notes=body.notes,
            visit=body.visit,
        ),
        assessment_view,
    )


@router.post("/assessments/{request_id}/enrolment", responses=problems(404, 409, 412))
async def enrol(
    request_id: UUID,
    body: EnrolmentBody,
    call: Annotated[Call, Depends(calling("complete_assessment"))],
) -> AssessmentView:
    """Client and prescriber have signed the enrolment that a certified programme asks for."""
    return await call.run(
        record_enrolment,
        RecordEnrolment(request_id=request_id, client_signed_at=body.client_signed_at),
        assessment_view,
    )


@router.get("/prescribers", responses=problems())
async def list_registrations(
    call: Annotated[Call, Depends(calling("see_registrations"))],
    *,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[RegistrationView]:
    """The registrations of all prescribers."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[RegistrationView]:
        return listing(
            await page(uow, REGISTRATIONS, after=cursor, limit=limit),
            registration_view,
        )

    return await call.read(read)


@router.post("/prescribers/{prescriber_ref}/registration", responses=problems(409, 412))
async def register(
    prescriber_ref: UUID,
    body: RegistrationBody,
    call: Annotated[Call, Depends(calling("record_registration"))],
) -> RegistrationView:
    """Licence and DEA registration, without which no prescription of theirs becomes active."""
    return await call.run(
        record_registration,
        RecordRegistration(
            prescriber_ref=prescriber_ref,
            licence_valid_until=body.licence_valid_until,
            dea_valid_until=body.dea_valid_until,
            dea_number=body.dea_number,
            licence_number=body.licence_number,
            licence_state=body.licence_state,
        ),
        registration_view,
    )
