"""Closing a course by command: refused while anything of it is under way (ruling 7, INV-35)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.close_course import close_by_command, usual_followup
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import dosed_count
from services.intake.domain.vocabulary import CourseOutcome
from services.intake.handlers.ports import Begin, Peers
from services.intake.handlers.settle_closing import flag_raised, settle_closing


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCourse:
    course_id: UUID
    outcome: CourseOutcome
    followup_due_at: datetime | None = None


async def close_course(command: CloseCourse, begin: Begin, peers: Peers) -> TreatmentCourse:
    """Closed, refused, or still closing because a peer has not answered: a timer asks again."""
    async with begin() as uow:
        course = await uow.courses.get(command.course_id)
        facts = await uow.facts.get(course.id, course.client_id)
        protocol = await uow.protocol_of(course.id)
        flagged = await uow.courses.save(
            close_by_command(
                course,
                closing_id=uow.new_id(),
                outcome=command.outcome,
                dosed_count=dosed_count(facts),
                followup_due_at=command.followup_due_at
                or usual_followup(command.outcome, days=protocol.course.followup_days, now=uow.now),
                now=uow.now,
            )
        )
        await flag_raised(uow, flagged)
    settlement = await settle_closing(
        command.course_id, begin, peers, conclusion=lambda after: after
    )
    if settlement.refused and settlement.decision is not None:
        settlement.decision.require()
    return settlement.course
