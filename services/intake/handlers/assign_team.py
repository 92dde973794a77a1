"""Naming the therapist and the prescriber of a course."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.eligibility import assign_care_team
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTeam:
    course_id: UUID
    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None


async def assign_team(command: AssignTeam, uow: UnitOfWork) -> TreatmentCourse:
    course = await uow.courses.get(command.course_id)
    assigned = await uow.courses.save(
        assign_care_team(
            course,
            therapist_ref=command.therapist_ref,
            prescriber_ref=command.prescriber_ref,
            now=uow.now,
        )
    )
    return await advance_course(uow, assigned)
