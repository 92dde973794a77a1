"""The prescriber signs the medical assessment of a request (F19 to F21)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.calendar_months import months_after
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.vocabulary import AssessmentOutcome
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAssessment:
    """Without ``valid_until`` a clearing lasts as long as the longest prescription may."""

    request_id: UUID
    outcome: AssessmentOutcome
    valid_until: datetime | None = None
    allergies: tuple[str, ...] | None = None
    notes: str | None = None


async def complete_assessment(command: CompleteAssessment, uow: UnitOfWork) -> MedicalAssessment:
    assessment = await uow.assessments.get(command.request_id)
    protocol = await uow.protocol_of(assessment.course_id)
    usual = months_after(uow.now, protocol.prescription.max_months, uow.timezone)
    return await uow.assessments.save(
        assessment.complete(
            command.outcome,
            by=clinician(uow),
            at=uow.now,
            valid_until=command.valid_until or usual,
            allergies=command.allergies,
            notes=command.notes,
        )
    )
