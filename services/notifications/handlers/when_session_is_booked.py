"""Whenever an appointment is made, moved or called off then client and escort know the right time.

Reminders belong to one version of a booking: a move takes the pending ones back. Somebody who was
already told a time that no longer holds is told so, once.
"""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.reminders import reminders
from services.notifications.domain.session_facts import Booking, SessionFacts, SessionKind
from services.notifications.domain.session_reading import booking_of, current_escort, is_off
from services.notifications.domain.task import TaskKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.arrange_integration import when_integration_booked
from services.notifications.handlers.owe import owe, settle, withdraw_for_session
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back, times_told, was_said

_TIMES_TOLD = (Wording.REMINDER, Wording.MOVED)


async def when_session_booked(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Whenever a session has a time, or another one."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    booking = booking_of(session)
    if booking is None or is_off(session):
        return
    occasion = f"v{session.booking.version}"
    messaging = (await uow.protocol_of(course.course_id)).messaging
    pending = [f"{occasion}-{hours}h" for hours in (0, *messaging.reminders_hours)]
    told = await times_told(uow, _TIMES_TOLD, cause_id=session_id)
    await take_back(uow, [Wording.REMINDER], cause_id=session_id, but_occasions=pending)
    await take_back(uow, [Wording.MOVED], cause_id=session_id, but_occasions=[occasion])
    if told and told[-1] != booking.starts_at:
        await _say_moved(uow, course, session_id, booking, occasion=occasion, at=at)
    for reminder in reminders(
        starts_at=booking.starts_at,
        booked_at=at,
        hours=messaging.reminders_hours,
    ):
        await say(
            uow,
            course,
            Wording.REMINDER,
            cause_id=session_id,
            occasion=f"{occasion}-{reminder.hours}h",
            due_at=reminder.due_at,
            session_id=session_id,
            about=booking.starts_at,
            expires_at=booking.starts_at,
        )
    await tell_escort_the_plan(uow, course, session, at=at)
    if session.kind is SessionKind.INTEGRATION:
        await when_integration_booked(uow, course)
    if session.kind is SessionKind.FOLLOW_UP:
        await settle(uow, TaskKind.PLAN_FOLLOW_UP, cause_id=course.course_id)


async def tell_escort_the_plan(
    uow: UnitOfWork, course: CourseRef, session: SessionFacts, *, at: datetime
) -> None:
    """Whoever takes the client home knows the day, once for each time that is planned."""
    booking, escort = booking_of(session), current_escort(session)
    if booking is None or escort is None or is_off(session):
        return
    escort_id, occasion = UUID(escort), f"v{session.booking.version}"
    await take_back(uow, [Wording.ESCORT_PLAN], cause_id=escort_id, but_occasions=[occasion])
    if booking.starts_at > uow.now:
        await say(
            uow,
            course,
            Wording.ESCORT_PLAN,
            cause_id=escort_id,
            occasion=occasion,
            due_at=at,
            session_id=session.id,
            escort_id=escort_id,
            about=booking.starts_at,
            expires_at=booking.starts_at,
        )


async def when_session_cancelled(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Whenever an appointment is called off: nothing more about it, except to who expects it."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    await _forget(uow, session)
    booking = booking_of(session)
    if booking is None or booking.starts_at <= at:
        return
    if await was_said(uow, _TIMES_TOLD, cause_id=session_id) and not _knows_anyway(facts):
        await say(
            uow,
            course,
            Wording.CANCELLED,
            cause_id=session_id,
            due_at=at,
            session_id=session_id,
            about=booking.starts_at,
            expires_at=booking.starts_at,
        )
    for escort in session.escorts.open:
        if await was_said(uow, [Wording.ESCORT_PLAN], cause_id=UUID(escort)):
            await say(
                uow,
                course,
                Wording.ESCORT_NOT_NEEDED,
                cause_id=UUID(escort),
                due_at=at,
                session_id=session_id,
                escort_id=UUID(escort),
                about=booking.starts_at,
                expires_at=booking.starts_at,
            )


async def when_session_missed(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Whenever a client did not come then somebody asks how they are."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(session_id)
    await _forget(uow, session)
    booking = booking_of(session)
    await say(
        uow,
        course,
        Wording.MISSED,
        cause_id=session_id,
        due_at=at,
        session_id=session_id,
        about=None if booking is None else booking.starts_at,
    )
    await owe(
        uow,
        course,
        TaskKind.CALL_MISSED_CLIENT,
        cause_id=session_id,
        since=at,
        session_id=session_id,
    )


def _knows_anyway(facts: CourseFacts) -> bool:
    """Who was declined, or whose course ended, is called by a person and gets no second text."""
    return facts.is_over


async def _say_moved(
    uow: UnitOfWork,
    course: CourseRef,
    session_id: UUID,
    booking: Booking,
    *,
    occasion: str,
    at: datetime,
) -> None:
    await say(
        uow,
        course,
        Wording.MOVED,
        cause_id=session_id,
        occasion=occasion,
        due_at=at,
        session_id=session_id,
        about=booking.starts_at,
        expires_at=booking.starts_at,
    )


async def _forget(uow: UnitOfWork, session: SessionFacts) -> None:
    await take_back(uow, _TIMES_TOLD, cause_id=session.id)
    for escort in session.escorts.members:
        await take_back(uow, [Wording.ESCORT_PLAN], cause_id=UUID(escort))
    await withdraw_for_session(uow, [TaskKind.FIND_ESCORT, TaskKind.CALL_ESCORT], session.id)
