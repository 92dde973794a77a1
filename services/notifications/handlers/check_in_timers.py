"""Whenever a check-in's hour comes then people call; whenever nobody answers it is silence."""

from services.notifications.domain.check_in import (
    CheckIn,
    CheckInStatus,
    fall_due,
    fall_silent,
)
from services.notifications.domain.escalation import Cause
from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import CheckInOutcome
from services.notifications.domain.wording import Wording
from services.notifications.handlers.advance_aftercare import CHECK_IN_TIMER
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back
from services.notifications.handlers.urgent_loops import call_out
from shared.storage.ports import Due

SILENCE_TIMER = "check_in_silent"

_WORRYING = {
    CheckInOutcome.CONCERN: Cause.CHECK_IN_CONCERN,
    CheckInOutcome.NO_RESPONSE: Cause.CHECK_IN_SILENCE,
}


async def when_check_in_falls_due(due: Due, uow: UnitOfWork) -> None:
    """The client is asked to call, and somebody owes them a call (F99)."""
    check_in = await uow.check_ins.find(due.key)
    if check_in is None or check_in.status is not CheckInStatus.PLANNED:
        return
    if uow.now < check_in.due_at:
        await uow.timers.set(
            CHECK_IN_TIMER, check_in.id, check_in.due_at, client_id=check_in.client_id
        )
        return
    check_in = await uow.check_ins.save(fall_due(check_in, now=uow.now))
    course = CourseRef(check_in.client_id, check_in.course_id)
    await owe(
        uow,
        course,
        TaskKind.MAKE_CHECK_IN,
        cause_id=check_in.id,
        since=check_in.due_at,
        session_id=check_in.session_id,
        due_at=check_in.silent_at,
    )
    await say(
        uow,
        course,
        Wording.CHECK_IN,
        cause_id=check_in.id,
        due_at=check_in.due_at,
        session_id=check_in.session_id,
        expires_at=check_in.silent_at,
    )
    await uow.timers.set(
        SILENCE_TIMER, check_in.id, check_in.silent_at, client_id=check_in.client_id
    )


async def when_check_in_stays_silent(due: Due, uow: UnitOfWork) -> None:
    """Silence is carried further, never taken for good news."""
    check_in = await uow.check_ins.find(due.key)
    if check_in is None or check_in.status is not CheckInStatus.DUE:
        return
    if uow.now < check_in.silent_at:
        return
    await close_check_in(uow, await uow.check_ins.save(fall_silent(check_in, now=uow.now)))


async def close_check_in(uow: UnitOfWork, check_in: CheckIn) -> None:
    """What follows from any outcome: the call is no longer owed, and a worry is carried further."""
    await uow.timers.cancel(SILENCE_TIMER, check_in.id)
    await settle(uow, TaskKind.MAKE_CHECK_IN, cause_id=check_in.id, by=check_in.closed_by)
    await take_back(uow, [Wording.CHECK_IN], cause_id=check_in.id)
    if check_in.outcome in _WORRYING:
        await call_out(
            uow,
            await uow.aftercare_plans.get(check_in.aftercare_id),
            _WORRYING[check_in.outcome],
            cause_id=check_in.id,
            since=check_in.closed_at or uow.now,
        )
