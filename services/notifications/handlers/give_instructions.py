"""Going-home instructions follow the client out of the door, and are corrected when they change."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from services.notifications.domain.restriction import FLOOR_HOURS
from services.notifications.domain.session_facts import Exit, ExitWay, SessionFacts
from services.notifications.domain.session_reading import (
    current_escort,
    escort_is_here,
    exit_of,
)
from services.notifications.domain.wording import Wording
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say, take_back, was_said

_WITHOUT_AN_END: Final = timedelta(hours=FLOOR_HOURS)


async def give_instructions(
    uow: UnitOfWork, course: CourseRef, aftercare_id: UUID, session: SessionFacts
) -> None:
    """Tell client and escort until when; a later end is told again, an earlier text taken back.

    A restriction that has lapsed by the time it is heard of is not announced: the message expires
    with it, and staff are told that it reached nobody (INV-27).
    """
    gone = exit_of(session)
    if gone is None:
        return
    plan = await uow.aftercare_plans.get(aftercare_id)
    told_before = await was_said(uow, [Wording.INSTRUCTIONS], cause_id=plan.id)
    if told_before and not plan.window.active(uow.now):
        return
    occasion = plan.restrictions_until.isoformat() if plan.end_known else "end unknown"
    wordings = [Wording.INSTRUCTIONS]
    if _goes_with_escort(session, gone):
        wordings.append(Wording.INSTRUCTIONS_FOR_ESCORT)
    escort = current_escort(session)
    for wording in wordings:
        await take_back(uow, [wording], cause_id=plan.id, but_occasions=[occasion])
        await say(
            uow,
            course,
            wording,
            cause_id=plan.id,
            occasion=occasion,
            due_at=uow.now if told_before else gone.at,
            session_id=session.id,
            escort_id=None if wording is Wording.INSTRUCTIONS or not escort else UUID(escort),
            about=plan.restrictions_until if plan.end_known else None,
            expires_at=plan.restrictions_until if plan.end_known else gone.at + _WITHOUT_AN_END,
        )
    if gone.way is ExitWay.AGAINST_ADVICE:
        await say(
            uow,
            course,
            Wording.PLEASE_CALL_NOW,
            cause_id=session.id,
            due_at=gone.at,
            session_id=session.id,
        )


def _goes_with_escort(session: SessionFacts, gone: Exit) -> bool:
    return gone.way is ExitWay.DISCHARGED or escort_is_here(session)
