"""The prescriber signs the medical assessment of a request (F19 to F21)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.calendar_months import months_after
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.seeing_the_client import seen_as_the_law_asks
from services.prescribing.domain.vocabulary import AssessmentOutcome, Visit
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAssessment:
    """Without ``valid_until`` a clearing lasts as long as the longest prescription may."""

    request_id: UUID
    outcome: AssessmentOutcome
    valid_until: datetime | None = None
    allergies: tuple[str, ...] | None = None
    notes: str | None = None
    visit: Visit = Visit.IN_PERSON


async def complete_assessment(command: CompleteAssessment, uow: UnitOfWork) -> MedicalAssessment:
    assessment = await uow.assessments.get(command.request_id)
    protocol = await uow.protocol_of(assessment.course_id)
    if command.outcome is AssessmentOutcome.CLEARED:
        seen = seen_as_the_law_asks(
            command.visit, protocol.prescription, at=uow.now, zone=uow.timezone
        )
        Decision.of("ASSESSMENT", (seen,)).require()
    usual = months_after(uow.now, protocol.prescription.max_months, uow.timezone)
    return await uow.assessments.save(
        assessment.complete(
            command.outcome,
            by=clinician(uow),
            at=uow.now,
            valid_until=command.valid_until or usual,
            allergies=command.allergies,
            notes=command.notes,
            visit=command.visit,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEnrolment:
    """Client and prescriber have signed; the acting prescriber is the second of them."""

    request_id: UUID
    client_signed_at: datetime | None = None


async def record_enrolment(command: RecordEnrolment, uow: UnitOfWork) -> MedicalAssessment:
    assessment = await uow.assessments.get(command.request_id)
    return await uow.assessments.save(
        assessment.enrol(
            client_signed_at=stated_at(command.client_signed_at, uow.now),
            by=clinician(uow),
            at=uow.now,
        )
    )
