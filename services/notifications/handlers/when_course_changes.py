"""Whenever a client is approved, declined or let go they hear it once, and people follow up."""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.facts import CourseOutcome
from services.notifications.domain.session_facts import SessionFacts, SessionKind
from services.notifications.domain.session_reading import is_off
from services.notifications.domain.task import TaskKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.owe import owe, settle, withdraw_for_course
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back
from services.notifications.handlers.tell_team import tell_team


async def when_assessment_requested(
    uow: UnitOfWork, course: CourseRef, *, request_id: UUID, at: datetime
) -> None:
    """The prescriber owes an assessment; what was asked of the therapist has been supplied."""
    await withdraw_for_course(uow, [TaskKind.SUPPLY_INFORMATION], course.course_id)
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if facts.assessments.is_open(str(request_id)):
        await owe(uow, course, TaskKind.ASSESS_CLIENT, cause_id=request_id, since=at)


async def when_assessment_completed(
    uow: UnitOfWork, course: CourseRef, *, request_id: UUID, more_info: bool, at: datetime
) -> None:
    """Nobody owes it any more; where something is missing the therapist supplies it."""
    await settle(uow, TaskKind.ASSESS_CLIENT, cause_id=request_id)
    if more_info:
        await owe(uow, course, TaskKind.SUPPLY_INFORMATION, cause_id=request_id, since=at)


async def when_client_approved(uow: UnitOfWork, course: CourseRef, *, at: datetime) -> None:
    """A welcome, once in a course: an approval that is renewed is no second beginning."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if not facts.is_over:
        await say(uow, course, Wording.WELCOME, cause_id=course.course_id, due_at=at)


async def when_client_declined(uow: UnitOfWork, course: CourseRef, *, at: datetime) -> None:
    """One respectful notice and one call, whatever else is heard of the decision (J2)."""
    await take_back(uow, [Wording.WELCOME], cause_id=course.course_id)
    await say(uow, course, Wording.DECLINED, cause_id=course.course_id, due_at=at)
    await owe(uow, course, TaskKind.CALL_DECLINED_CLIENT, cause_id=course.course_id, since=at)


async def when_course_closed(
    uow: UnitOfWork,
    course: CourseRef,
    *,
    outcome: CourseOutcome,
    followup_due_at: datetime | None,
    at: datetime,
) -> None:
    """The end of a course is the beginning of its follow-up, not for those who were declined."""
    await take_back(uow, [Wording.WELCOME], cause_id=course.course_id)
    await withdraw_for_course(uow, [TaskKind.RENEW_PRESCRIPTION], course.course_id)
    if outcome is CourseOutcome.DECLINED:
        return
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if not any(_is_follow_up(session) for session in facts.sessions.values()):
        await owe(
            uow,
            course,
            TaskKind.PLAN_FOLLOW_UP,
            cause_id=course.course_id,
            since=at,
            due_at=followup_due_at,
        )
    await say(
        uow,
        course,
        Wording.FOLLOW_UP,
        cause_id=course.course_id,
        due_at=at,
        about=followup_due_at,
    )


def _is_follow_up(session: SessionFacts) -> bool:
    return session.kind is SessionKind.FOLLOW_UP and not is_off(session)


async def when_prescription_active(uow: UnitOfWork, course: CourseRef) -> None:
    """The team hears it, and nobody owes a renewal any more."""
    await tell_team(uow, course)
    await withdraw_for_course(uow, [TaskKind.RENEW_PRESCRIPTION], course.course_id)


async def when_prescription_ended(
    uow: UnitOfWork,
    course: CourseRef,
    *,
    prescription_id: UUID,
    with_its_course: bool,
    at: datetime,
) -> None:
    """The prescriber decides how it goes on, unless the course is over."""
    await tell_team(uow, course)
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    if not (facts.is_over or with_its_course):
        await owe(uow, course, TaskKind.RENEW_PRESCRIPTION, cause_id=prescription_id, since=at)
