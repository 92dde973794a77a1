"""Whenever a medical assessment is completed, approve, decline, or ask intake for more."""

from datetime import datetime, timedelta
from uuid import UUID

from services.intake.domain.eligibility import answers_newest_request, assessed
from services.intake.domain.vocabulary import AssessmentOutcome
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.declining import decline_unless_ever_approved
from services.intake.handlers.ports import UnitOfWork
from services.intake.handlers.settle_closing import look_again_now


async def when_assessment_completed(
    uow: UnitOfWork,
    *,
    course_id: UUID,
    request_id: UUID,
    outcome: AssessmentOutcome,
    valid_until: datetime | None,
    completed_at: datetime,
    assessed_by: UUID | None,
    event_id: str,
) -> None:
    """Only the answer to the newest request counts (INV-2).

    An assessment without an end of its own lasts no longer than a prescription may.
    """
    course = await uow.courses.find(course_id)
    if course is None or not answers_newest_request(course, request_id):
        return
    protocol = await uow.protocol_of(course.id)
    longest = completed_at + timedelta(days=protocol.prescription.max_days)
    course = await uow.courses.save(
        assessed(
            course,
            request_id=request_id,
            outcome=outcome,
            valid_until=valid_until or longest,
            source_event=event_id,
            assessed_by=assessed_by,
            at=completed_at,
        )
    )
    if outcome is AssessmentOutcome.NOT_CLEARED:
        course = await decline_unless_ever_approved(uow, course)
        await look_again_now(uow, course)
        return
    await advance_course(uow, course)
