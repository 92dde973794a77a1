"""Whenever an escort is found, lost, wanted or here then the right person is called."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifications.domain.session_facts import SessionFacts
from services.notifications.domain.session_reading import (
    awaits_escort,
    booking_of,
    current_escort,
    is_gone,
    is_off,
    was_dosed,
)
from services.notifications.domain.task import TaskKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.owe import owe, withdraw_for_session
from services.notifications.handlers.owe_after_hours import owe_somebody_there
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back
from services.notifications.handlers.tell_team import tell_team
from services.notifications.handlers.when_session_is_booked import tell_escort_the_plan
from shared.protocol import ClinicProtocol
from shared.storage.ports import Due

CHASE_TIMER: Final = "escort_is_late"
PATIENCE: Final = timedelta(minutes=20)
_ABOUT_ESCORTS: Final = (TaskKind.FIND_ESCORT, TaskKind.CALL_ESCORT)


async def when_escort_confirmed(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Nobody has to be found any more; the escort hears the plan, or is called in at once."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    if current_escort(session) is None:
        return
    await withdraw_for_session(uow, [TaskKind.FIND_ESCORT], session_id)
    await tell_escort_the_plan(uow, course, session, at=at)
    await call_escort_in(uow, course, session_id, at=at)


async def when_escort_cancelled(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, escort_id: UUID, at: datetime
) -> None:
    """This person is told nothing more; somebody else must be found before the client can leave."""
    await tell_team(uow, course)
    await take_back(uow, [Wording.ESCORT_PLAN, Wording.ESCORT_COME_IN], cause_id=escort_id)
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    if is_off(session) or is_gone(session) or current_escort(session) is not None:
        return
    await withdraw_for_session(uow, [TaskKind.CALL_ESCORT], session_id)
    if was_dosed(session):
        await owe_somebody_there(
            uow,
            course,
            TaskKind.FIND_ESCORT,
            cause_id=escort_id,
            since=at,
            session_id=session_id,
        )
        return
    await owe(
        uow,
        course,
        TaskKind.FIND_ESCORT,
        cause_id=escort_id,
        since=at,
        session_id=session_id,
        due_at=_findable_until(await uow.protocol_of(course.course_id), session, at),
    )


def _findable_until(protocol: ClinicProtocol, session: SessionFacts, at: datetime) -> datetime:
    """Half an hour on the day itself (7.2); the next day, where the session is further away."""
    soon = at + timedelta(minutes=protocol.escort.replacement_minutes)
    booking = booking_of(session)
    if booking is None:
        return soon
    next_day = at + timedelta(minutes=protocol.messaging.task_minutes.next_day)
    return max(soon, min(next_day, booking.starts_at))


async def call_escort_in(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Whenever a client is cleared and their escort is not here then the escort is called in."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    awaited = awaits_escort(facts.session(session_id))
    if awaited is None:
        return
    clearance, escort = awaited
    await say(
        uow,
        course,
        Wording.ESCORT_COME_IN,
        cause_id=UUID(escort),
        occasion=clearance,
        due_at=at,
        session_id=session_id,
        escort_id=UUID(escort),
    )
    await uow.timers.set(
        CHASE_TIMER,
        session_id,
        uow.now + PATIENCE,
        client_id=course.client_id,
        course_id=str(course.course_id),
    )


async def let_escort_wait(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """The client stays: an escort who was not called in yet is not called in."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    if awaits_escort(session) is None:
        for escort in session.escorts.members:
            await take_back(uow, [Wording.ESCORT_COME_IN], cause_id=UUID(escort))
        await uow.timers.cancel(CHASE_TIMER, session_id)


async def stop_chasing_escort(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever the escort is here, or the client is gone."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    for escort in facts.session(session_id).escorts.members:
        await take_back(uow, [Wording.ESCORT_COME_IN], cause_id=UUID(escort))
    await uow.timers.cancel(CHASE_TIMER, session_id)
    await withdraw_for_session(uow, _ABOUT_ESCORTS, session_id)


async def when_escort_is_late(due: Due, uow: UnitOfWork) -> None:
    """Called in and not here: the front desk calls. Nobody is sent home alone (F89)."""
    course = CourseRef(due.client_id, UUID(str(due.payload["course_id"])))
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    awaited = awaits_escort(facts.session(due.key))
    if awaited is None:
        return
    await owe_somebody_there(
        uow,
        course,
        TaskKind.CALL_ESCORT,
        cause_id=UUID(awaited[0]),
        since=due.due_at,
        session_id=due.key,
    )
