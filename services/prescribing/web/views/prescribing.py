"""Assessments and registrations."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.medical_assessment import AssessmentStatus, MedicalAssessment
from services.prescribing.domain.registration import Registration
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
)
from services.prescribing.web.views.people import SignatureView, signature_view


class AssessmentView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    request_id: UUID
    status: AssessmentStatus
    requested_at: datetime
    review_flags: int
    outcome: AssessmentOutcome | None
    valid_until: datetime | None
    allergies: tuple[str, ...] | None
    notes: str | None
    completed: SignatureView | None


def assessment_view(assessment: MedicalAssessment) -> AssessmentView:
    return AssessmentView(
        id=assessment.id,
        client_id=assessment.client_id,
        course_id=assessment.course_id,
        request_id=assessment.id,
        status=assessment.status,
        requested_at=assessment.requested_at,
        review_flags=assessment.review_flags,
        outcome=assessment.outcome,
        valid_until=assessment.valid_until,
        allergies=assessment.allergies,
        notes=assessment.notes,
        completed=signature_view(assessment.completed),
    )


class RegistrationView(BaseModel):
    id: UUID
    status: str
    licence_valid_until: datetime
    dea_valid_until: datetime
    recorded_at: datetime
    dea_number: str | None
    licence_number: str | None
    licence_state: str | None


def registration_view(registration: Registration) -> RegistrationView:
    return RegistrationView(
        id=registration.id,
        status=registration.status,
        licence_valid_until=registration.licence_valid_until,
        dea_valid_until=registration.dea_valid_until,
        recorded_at=registration.recorded_at,
        dea_number=registration.dea_number,
        licence_number=registration.licence_number,
        licence_state=registration.licence_state,
    )
