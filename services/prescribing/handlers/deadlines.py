"""Whenever a deadline of ours comes: it counted already, the timer only announces it."""

from services.prescribing.domain.clearance import expire
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.recovery_checkpoints import checkpoints
from services.prescribing.domain.review_task import TaskKind, TaskStatus
from services.prescribing.domain.summary_review import SummaryStatus
from services.prescribing.domain.vocabulary import EndReason
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import (
    keep_prescription,
    watch_checkpoint,
    watch_summary,
)
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from shared.storage.ports import Due


async def when_minimum_observation_is_over(due: Due, uow: UnitOfWork) -> None:
    recovery = await uow.recoveries.find(due.key)
    if recovery is not None:
        await uow.recoveries.save(recovery.minimum_reached(uow.now))


async def when_checkpoint_is_missed(due: Due, uow: UnitOfWork) -> None:
    """Nobody looked in time: the prescriber hears of it, and the next look is awaited."""
    recovery = await uow.recoveries.find(due.key)
    if recovery is None or not recovery.open:
        return
    protocol = await uow.protocol_of(recovery.course_id)
    for one in checkpoints(recovery, protocol.recovery):
        if not one.done and one.missed_at <= uow.now:
            await raise_task(
                uow,
                TaskKind.RECOVERY_CHECKPOINT_MISSED,
                client_id=recovery.client_id,
                course_id=recovery.course_id,
                session_id=recovery.session_id,
                cause=f"{recovery.id}:{one.due_at.isoformat()}",
            )
    await watch_checkpoint(uow, recovery)


async def when_summary_is_owed(due: Due, uow: UnitOfWork) -> None:
    """The sweep: a summary that is not shared, or not read, is a task again (INV-17)."""
    review = await uow.summaries.find(due.key)
    if review is None or review.reviewed:
        return
    kind = (
        TaskKind.SUMMARY_NOT_SHARED
        if review.status is SummaryStatus.AWAITED
        else TaskKind.SUMMARY_NOT_REVIEWED
    )
    waiting = await uow.tasks.list_by(session_id=review.session_id, status=TaskStatus.OPEN)
    if not any(task.kind is kind for task in waiting):
        await raise_task(
            uow,
            kind,
            client_id=review.client_id,
            course_id=review.course_id,
            session_id=review.session_id,
            cause=f"{review.id}:{due.due_at.isoformat()}",
        )
    await watch_summary(uow, review, uow.now)


async def when_clearance_runs_out(due: Due, uow: UnitOfWork) -> None:
    """Back to ready: a new check gives a new clearance (ruling 16)."""
    recovery = await uow.recoveries.find(due.key)
    if recovery is not None:
        await uow.recoveries.save(expire(recovery, uow.now))


async def when_prescription_runs_out(due: Due, uow: UnitOfWork) -> None:
    rx = await uow.prescriptions.find(due.key)
    if rx is None or rx.status is not PrescriptionStatus.ACTIVE or rx.active_at(uow.now):
        return
    await keep_prescription(uow, rx.end(EndReason.EXPIRED, due.due_at))
    await advance_course(uow, rx.course_id, rx.client_id)
