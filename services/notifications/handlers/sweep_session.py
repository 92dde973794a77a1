"""Whenever a dosing session should be over then what is still unknown of it is asked of people.

Nothing here relies on an event that may have been lost (INV-28): who was dosed has aftercare, and
an end, a departure or a dose count that nobody told is somebody's task. No silence is evidence.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifications.domain.session_facts import SessionFacts
from services.notifications.domain.session_reading import (
    is_gone,
    is_off,
    no_dose_is_stated,
    over_by,
    was_dosed,
)
from services.notifications.domain.task import TaskKind
from services.notifications.handlers.advance_aftercare import advance_aftercare
from services.notifications.handlers.owe import owe
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.watch_session import SWEEP_TIMER, stay, watch
from shared.storage.ports import Due

AGAIN: Final = timedelta(hours=24)


async def when_session_starts(uow: UnitOfWork, course: CourseRef, session_id: UUID) -> None:
    """From its start on somebody looks whether a dosing session came to its end."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    await watch(uow, course, facts.session(session_id))


async def when_session_should_be_over(due: Due, uow: UnitOfWork) -> None:
    course = CourseRef(due.client_id, UUID(str(due.payload["course_id"])))
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    session = facts.session(due.key)
    over_at = over_by(session, stay(await uow.protocol_of(course.course_id)))
    if over_at is None or (is_off(session) and not was_dosed(session)):
        return
    if uow.now < over_at:
        await watch(uow, course, session)
        return
    if not await _owe_what_is_unknown(uow, course, session, since=over_at):
        return
    await uow.timers.set(
        SWEEP_TIMER,
        session.id,
        uow.now + AGAIN,
        client_id=course.client_id,
        course_id=str(course.course_id),
    )


async def _owe_what_is_unknown(
    uow: UnitOfWork, course: CourseRef, session: SessionFacts, *, since: datetime
) -> bool:
    """Whether anything still is."""
    unknown: list[tuple[TaskKind, UUID]] = []
    if was_dosed(session):
        await advance_aftercare(uow, course, session.id)
        plan = await uow.aftercare_plans.find_by(session_id=session.id)
        if plan is not None and not plan.end_known:
            unknown.append((TaskKind.STATE_SESSION_END, plan.id))
        if not is_gone(session):
            unknown.append((TaskKind.STATE_DEPARTURE, session.id))
    elif not no_dose_is_stated(session):
        unknown.append((TaskKind.STATE_DOSES, session.id))
    for kind, cause_id in unknown:
        await owe(uow, course, kind, cause_id=cause_id, since=since, session_id=session.id)
    return bool(unknown)
