"""Whenever a client has left: recovery ends, and what does not add up alarms people."""

from datetime import datetime
from uuid import UUID

from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import RecoveryEnd
from services.prescribing.domain.review_task import TaskKind
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.domain.vocabulary import IncidentCode
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import (
    CHECKPOINT_MISSED,
    CLEARANCE_RUNS_OUT,
    MINIMUM_OVER,
)
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task, record_incident


async def when_client_discharged(
    uow: UnitOfWork,
    *,
    course_id: UUID,
    client_id: UUID,
    session_id: UUID,
    clearance_id: UUID | None,
    transferred: bool,
    at: datetime,
) -> None:
    """Standard: by a clearance of ours that covers every dose, or a manual one that agrees."""
    recovery = await uow.recoveries.find_by(session_id=session_id)
    if recovery is None:
        await record_incident(
            uow,
            IncidentCode.COUNT_MISMATCH,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            cause=f"departure:{session_id}",
            at=at,
        )
        return
    if not transferred:
        course = await uow.facts.get(course_id, client_id)
        code = _what_is_wrong(recovery, course.session(session_id), clearance_id)
        if code is not None:
            recovery = await _alarm(uow, recovery, code, at)
    end = RecoveryEnd.TRANSFERRED if transferred else RecoveryEnd.DISCHARGED
    await _close(uow, recovery, end, at)
    await advance_course(uow, course_id, client_id)


async def when_client_left_against_advice(
    uow: UnitOfWork, *, course_id: UUID, client_id: UUID, session_id: UUID, at: datetime
) -> None:
    """Recovery closes as unsafe; the prescriber hears of it."""
    recovery = await uow.recoveries.find_by(session_id=session_id)
    if recovery is not None:
        await _close(uow, recovery, RecoveryEnd.UNSAFE, at)
    await raise_task(
        uow,
        TaskKind.LEFT_AGAINST_ADVICE,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        cause=f"departure:{session_id}",
    )
    await advance_course(uow, course_id, client_id)


async def when_manual_clearance_recorded(
    uow: UnitOfWork,
    *,
    course_id: UUID,
    client_id: UUID,
    session_id: UUID,
    manual_clearance_id: UUID,
    stated_dose_count: int,
    at: datetime,
) -> None:
    """Ruling 15: prescribing reconciles afterwards; a differing count escalates at once."""
    cause = f"manual-clearance:{manual_clearance_id}"
    await raise_task(
        uow,
        TaskKind.RECONCILE_MANUAL_CLEARANCE,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        cause=cause,
    )
    recovery = await uow.recoveries.find_by(session_id=session_id)
    if recovery is not None and recovery.dose_count == stated_dose_count:
        return
    if recovery is not None:
        await uow.recoveries.save(recovery.alarm(uow.now))
    await record_incident(
        uow,
        IncidentCode.MANUAL_CLEARANCE_DIFFERS,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        cause=cause,
        at=at,
    )


def _what_is_wrong(
    recovery: Recovery, session: SessionFacts, clearance_id: UUID | None
) -> IncidentCode | None:
    if str(clearance_id) in session.manual_clearances:
        return None
    ours = next((c for c in recovery.clearances if c.clearance_id == clearance_id), None)
    if ours is None or ours.covers_dose_seq != recovery.dose_count:
        return IncidentCode.COUNT_MISMATCH
    if ours.rescinded_at is not None:
        return IncidentCode.RESCINDED_AFTER_DISCHARGE
    return None


async def _alarm(uow: UnitOfWork, recovery: Recovery, code: IncidentCode, at: datetime) -> Recovery:
    await record_incident(
        uow,
        code,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        session_id=recovery.session_id,
        cause=f"departure:{recovery.session_id}",
        at=at,
    )
    return await uow.recoveries.save(recovery.alarm(uow.now))


async def _close(uow: UnitOfWork, recovery: Recovery, end: RecoveryEnd, at: datetime) -> None:
    await uow.recoveries.save(recovery.close(end, at))
    await uow.timers.cancel(CLEARANCE_RUNS_OUT, recovery.id)
    await uow.timers.cancel(MINIMUM_OVER, recovery.id)
    await uow.timers.cancel(CHECKPOINT_MISSED, recovery.id)
