"""A clinician sees that a client is no longer eligible (F26). One signature is enough to stop."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain import eligibility
from services.intake.domain.course import TreatmentCourse
from services.intake.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApproval:
    course_id: UUID


async def revoke_approval(command: RevokeApproval, uow: UnitOfWork) -> TreatmentCourse:
    course = await uow.courses.get(command.course_id)
    return await uow.courses.save(eligibility.revoke_approval(course, now=uow.now))
