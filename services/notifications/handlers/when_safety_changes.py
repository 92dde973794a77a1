"""Whenever something about a client's safety is heard, the team is told and aftercare follows."""

from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.escalation import Cause
from services.notifications.domain.session_reading import is_gone, no_dose_is_stated, was_dosed
from services.notifications.domain.task import TaskKind
from services.notifications.handlers.advance_aftercare import advance_aftercare
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import release_held
from services.notifications.handlers.tell_team import tell_team
from services.notifications.handlers.urgent_loops import call_out
from services.notifications.handlers.when_escort_changes import (
    call_escort_in,
    let_escort_wait,
    stop_chasing_escort,
)
from shared.storage.ports import Due

CATCH_UP_TIMER: Final = "catch_up"


async def follow_up(uow: UnitOfWork, course: CourseRef) -> None:
    """Tell what is untold and look at every dosed session; nothing is left to catch up with."""
    await _look_at_all(uow, course)
    await uow.timers.cancel(CATCH_UP_TIMER, course.course_id)


async def when_catching_up(due: Due, uow: UnitOfWork) -> None:
    """An urgent fact was heard, perhaps from behind something that waits or is parked.

    Its own policy runs when its place is reached. What people must know and do does not wait for
    that: all of it follows from the facts, so it is done now, and found done later (INV-30).
    """
    await _look_at_all(uow, CourseRef(due.client_id, due.key))


async def _look_at_all(uow: UnitOfWork, course: CourseRef) -> None:
    """Also at sessions without aftercare: their dose may have been heard before its turn."""
    await tell_team(uow, course)
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    for session in facts.sessions.values():
        if was_dosed(session):
            await advance_aftercare(uow, course, session.id)


async def when_session_changes(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever a dose, that there was none, an end or a departure is heard of."""
    await tell_team(uow, course)
    await advance_aftercare(uow, course, session_id)
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if no_dose_is_stated(facts.session(session_id)):
        await settle(uow, TaskKind.STATE_DOSES, cause_id=session_id)
    others = (s for s in facts.sessions.values() if s.id != session_id)
    if not any(was_dosed(other) for other in others):
        await uow.timers.cancel(CATCH_UP_TIMER, course.course_id)


async def when_client_leaves(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever a client is gone: nobody waits for the escort, and messages are looked at again."""
    await stop_chasing_escort(uow, course, session_id)
    await release_held(uow, course.client_id)
    await when_session_changes(uow, course, session_id)


async def when_session_ends(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever the therapy part is over. Without a dose the client is free: write to them."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if not was_dosed(facts.session(session_id)):
        await release_held(uow, course.client_id)
    await when_session_changes(uow, course, session_id)


async def when_client_cleared(
    uow: UnitOfWork, course: CourseRef, session_id: UUID, *, at: datetime
) -> None:
    """Whenever a client may leave then whoever takes them home is asked to come in (F89)."""
    await when_session_changes(uow, course, session_id)
    await call_escort_in(uow, course, session_id, at=at)


async def when_clearance_rescinded(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """Whenever a client got worse before leaving: the team hears it, the escort waits."""
    await when_session_changes(uow, course, session_id)
    await let_escort_wait(uow, course, session_id)


async def when_recovery_checked(
    uow: UnitOfWork,
    course: CourseRef,
    session_id: UUID,
    *,
    check_id: UUID,
    worrying: bool,
    at: datetime,
) -> None:
    """Whenever a recovery check escalates while the client is here then people come."""
    await when_session_changes(uow, course, session_id)
    if not worrying:
        return
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    plan = await uow.aftercare_plans.find_by(session_id=session_id)
    if plan is not None and not is_gone(facts.session(session_id)):
        await call_out(uow, plan, Cause.RECOVERY_ESCALATED, cause_id=check_id, since=at)


async def when_adverse_event_recorded(
    uow: UnitOfWork,
    course: CourseRef,
    session_id: UUID,
    *,
    ae_id: UUID,
    report_due_at: datetime | None,
    at: datetime,
) -> None:
    """Whenever a side effect is recorded: the team hears it, and an owed report is a task."""
    if report_due_at is not None:
        await owe(
            uow,
            course,
            TaskKind.REPORT_ADVERSE_EVENT,
            cause_id=ae_id,
            since=at,
            session_id=session_id,
            due_at=report_due_at,
        )
    await when_session_changes(uow, course, session_id)


async def when_incident_recorded(
    uow: UnitOfWork,
    course: CourseRef,
    *,
    incident_id: UUID,
    session_id: UUID | None,
    at: datetime,
) -> None:
    """Whenever facts contradict rules or each other then somebody looks into it."""
    await owe(
        uow,
        course,
        TaskKind.REVIEW_INCIDENT,
        cause_id=incident_id,
        since=at,
        session_id=session_id,
    )
    if session_id is None:
        await follow_up(uow, course)
    else:
        await when_session_changes(uow, course, session_id)
