"""Declining a client who never was approved; who once was, stays in screening (ruling 20)."""

from services.intake.domain.close_course import close_by_cause
from services.intake.domain.closing import ClosingCause
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.vocabulary import CourseOutcome
from services.intake.handlers.ports import UnitOfWork
from services.intake.handlers.settle_closing import flag_raised


async def decline_unless_ever_approved(uow: UnitOfWork, course: TreatmentCourse) -> TreatmentCourse:
    """Raise the flag of a decline; whoever holds the peers settles it."""
    if course.ever_approved or course.terminal:
        return course
    flagged = await uow.courses.save(
        close_by_cause(
            course,
            closing_id=uow.new_id(),
            cause=ClosingCause.NOT_ELIGIBLE,
            outcome=CourseOutcome.DECLINED,
            now=uow.now,
        )
    )
    await flag_raised(uow, flagged)
    return flagged
