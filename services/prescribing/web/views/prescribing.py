"""Assessments, registrations and prescriptions."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.medical_assessment import AssessmentStatus, MedicalAssessment
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.registration import Registration
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    EndReason,
    PrescriptionKind,
)
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import HoldCategory, Route


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


def registration_view(registration: Registration) -> RegistrationView:
    return RegistrationView(
        id=registration.id,
        status=registration.status,
        licence_valid_until=registration.licence_valid_until,
        dea_valid_until=registration.dea_valid_until,
        recorded_at=registration.recorded_at,
    )


class FormerTermsView(BaseModel):
    rx_version: int
    timing_profile: str
    amount_mg: float
    sessions_authorised: int
    valid_until: datetime | None
    replaced_at: datetime


class PrescriptionView(BaseModel):
    """``left`` = authorised - used; ``available`` is what no order has reserved."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: PrescriptionStatus
    kind: PrescriptionKind
    route: Route
    rx_version: int
    timing_profile: str
    amount_mg: float
    weight_kg: float | None
    sessions_authorised: int
    used: int
    reserved: int
    left: int
    available: int
    valid_from: datetime | None
    valid_until: datetime | None
    pdmp_checked_at: datetime
    author: SignatureView | None
    confirmed: SignatureView | None
    revoked_for: HoldCategory | None
    ended: EndReason | None
    former: list[FormerTermsView]


def prescription_view(rx: Prescription) -> PrescriptionView:
    return PrescriptionView(
        id=rx.id,
        client_id=rx.client_id,
        course_id=rx.course_id,
        status=rx.status,
        kind=rx.kind,
        route=rx.route,
        rx_version=rx.rx_version,
        timing_profile=rx.terms.timing_profile,
        amount_mg=rx.terms.amount_mg,
        weight_kg=rx.terms.weight_kg,
        sessions_authorised=rx.terms.sessions_authorised,
        used=len(rx.used),
        reserved=len(rx.reserved),
        left=rx.left,
        available=rx.available,
        valid_from=rx.activated.at if rx.activated else None,
        valid_until=rx.terms.valid_until,
        pdmp_checked_at=rx.pdmp_checked_at,
        author=signature_view(rx.author),
        confirmed=signature_view(rx.confirmed),
        revoked_for=rx.revoked.category if rx.revoked else None,
        ended=rx.ended,
        former=[
            FormerTermsView(
                rx_version=version.rx_version,
                timing_profile=version.terms.timing_profile,
                amount_mg=version.terms.amount_mg,
                sessions_authorised=version.terms.sessions_authorised,
                valid_until=version.terms.valid_until,
                replaced_at=version.replaced_at,
            )
            for version in rx.former
        ],
    )
