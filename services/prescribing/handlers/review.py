"""Reading what waits for the prescriber: summaries, tasks, incidents (F35, INV-17)."""

from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.incident import Incident
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.review_task import ReviewTask, TaskKind, TaskStatus
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.order_consequences import watch_summary
from services.prescribing.handlers.ports import UnitOfWork
from shared.protocol import HoldCategory
from shared.storage import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSummary:
    session_id: UUID
    outcome: ReviewOutcome


async def review_summary(command: ReviewSummary, uow: UnitOfWork) -> SummaryReview:
    """``hold`` keeps the next dose back until the prescriber lifts it."""
    review = await uow.summaries.find_by(session_id=command.session_id)
    if review is None:
        raise NotFound("summary review", command.session_id)
    who = clinician(uow)
    reviewed = await uow.summaries.save(review.review(command.outcome, by=who, at=uow.now))
    if command.outcome is ReviewOutcome.HOLD:
        await place_hold(
            uow,
            HoldCategory.MEDICAL,
            client_id=review.client_id,
            course_id=review.course_id,
            session_id=review.session_id,
            cause=f"summary:{review.summary_ref}",
            at=uow.now,
        )
    await watch_summary(uow, reviewed, uow.now)
    await _finish_reminders(uow, reviewed, who)
    await advance_course(uow, review.course_id, review.client_id)
    return reviewed


async def _finish_reminders(uow: UnitOfWork, review: SummaryReview, who: Clinician) -> None:
    """Reading it is what the reminders asked for."""
    for task in await uow.tasks.list_by(session_id=review.session_id, status=TaskStatus.OPEN):
        if task.kind in {TaskKind.SUMMARY_NOT_SHARED, TaskKind.SUMMARY_NOT_REVIEWED}:
            await uow.tasks.save(task.finish(by=who, at=uow.now))


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask:
    task_id: UUID


async def finish_task(command: FinishTask, uow: UnitOfWork) -> ReviewTask:
    task = await uow.tasks.get(command.task_id)
    return await uow.tasks.save(task.finish(by=clinician(uow), at=uow.now))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewIncident:
    incident_id: UUID


async def review_incident(command: ReviewIncident, uow: UnitOfWork) -> Incident:
    incident = await uow.incidents.get(command.incident_id)
    return await uow.incidents.save(incident.review(by=clinician(uow), at=uow.now))
