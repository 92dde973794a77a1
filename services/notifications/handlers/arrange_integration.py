"""Talking about it later is offered after every dosed session: booked, or declined (F92, F95)."""

from datetime import timedelta
from uuid import UUID

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.session_facts import Mark, SessionFacts, SessionKind
from services.notifications.domain.session_reading import booking_of, ended_at, is_off
from services.notifications.domain.task import TaskKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back


async def offer_integration(uow: UnitOfWork, course: CourseRef, plan: AftercarePlan) -> None:
    """The client is invited, and the therapist owes a time, unless it is arranged or declined."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(plan.session_id)
    if facts.is_over or _is_arranged(facts, session):
        return
    await say(
        uow,
        course,
        Wording.NEXT_APPOINTMENT,
        cause_id=plan.session_id,
        due_at=plan.restrictions_until,
        session_id=plan.session_id,
    )
    protocol = await uow.protocol_of(course.course_id)
    within = timedelta(hours=protocol.aftercare.integration_within_hours)
    await owe(
        uow,
        course,
        TaskKind.ARRANGE_INTEGRATION,
        cause_id=plan.session_id,
        since=plan.restrictions_until,
        session_id=plan.session_id,
        due_at=(ended_at(session) or plan.restrictions_until) + within,
    )


async def when_integration_declined(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever a client does not want to talk about it now then only the check-ins remain."""
    await _is_settled(uow, session_id)


async def when_integration_booked(uow: UnitOfWork, course: CourseRef) -> None:
    """Whenever a time is found then nobody owes one, and no invitation goes out any more."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    for session in facts.sessions.values():
        if session.kind is SessionKind.DOSING and _is_arranged(facts, session):
            await _is_settled(uow, session.id)


async def _is_settled(uow: UnitOfWork, session_id: UUID) -> None:
    await take_back(uow, [Wording.NEXT_APPOINTMENT], cause_id=session_id)
    await settle(uow, TaskKind.ARRANGE_INTEGRATION, cause_id=session_id)


def _is_arranged(facts: CourseFacts, session: SessionFacts) -> bool:
    if session.marks.is_open(Mark.INTEGRATION_DECLINED):
        return True
    after = booking_of(session)
    return any(
        other.kind is SessionKind.INTEGRATION
        and not is_off(other)
        and (booking := booking_of(other)) is not None
        and (after is None or booking.starts_at >= after.starts_at)
        for other in facts.sessions.values()
    )
