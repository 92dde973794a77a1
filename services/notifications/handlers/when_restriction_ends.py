"""Whenever the time of a restriction is reached then it is over, if its end is really known."""

from services.notifications.domain.aftercare_course import end_restriction
from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.task import TaskKind
from services.notifications.domain.wording import Wording
from services.notifications.handlers.advance_aftercare import RESTRICTION_TIMER, close_if_done
from services.notifications.handlers.arrange_integration import offer_integration
from services.notifications.handlers.owe import owe
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import say
from shared.storage.ports import Due


async def _restricted_otherwise(uow: UnitOfWork, plan: AftercarePlan) -> bool:
    """Another session still keeps the client from driving, in whatever course (ruling 22).

    Nothing is over for the client then; the last of these restrictions says so when it ends.
    """
    return any(
        other.id != plan.id and other.window.active(uow.now)
        for other in await uow.aftercare_plans.list_by(client_id=plan.client_id)
    )


async def when_restriction_ends(due: Due, uow: UnitOfWork) -> None:
    """A provisional time says nothing to the client: somebody has to state the end (ruling 21)."""
    plan = await uow.aftercare_plans.find(due.key)
    if plan is None:
        return
    course = CourseRef(plan.client_id, plan.course_id)
    if not plan.end_known:
        await owe(
            uow,
            course,
            TaskKind.STATE_SESSION_END,
            cause_id=plan.id,
            since=plan.restrictions_until,
            session_id=plan.session_id,
        )
        return
    if plan.window.active(uow.now):
        await uow.timers.set(
            RESTRICTION_TIMER, plan.id, plan.restrictions_until, client_id=plan.client_id
        )
        return
    if not await _restricted_otherwise(uow, plan):
        await say(
            uow,
            course,
            Wording.RESTRICTION_OVER,
            cause_id=plan.id,
            occasion=plan.restrictions_until.isoformat(),
            due_at=plan.restrictions_until,
            session_id=plan.session_id,
            about=plan.restrictions_until,
        )
    await offer_integration(uow, course, plan)
    if plan.status is AftercareStatus.RESTRICTED:
        await uow.aftercare_plans.save(end_restriction(plan, now=uow.now))
        await close_if_done(uow, plan.id)
