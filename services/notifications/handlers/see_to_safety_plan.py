"""An enhanced plan comes with a safety plan that somebody goes through with the client (F101)."""

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.plan_kind import UNSAFE_EXITS
from services.notifications.domain.session_facts import Mark, SessionFacts
from services.notifications.domain.session_reading import exit_of
from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import PlanKind
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork


async def see_to_safety_plan(
    uow: UnitOfWork, course: CourseRef, plan: AftercarePlan, session: SessionFacts
) -> None:
    """Owed before the client goes, and afterwards if they went without; not to who was taken to
    others' care or walked out: there the urgent loop is what reaches them. Not owed any more, or
    not at all, once scheduling told that it was done.
    """
    if plan.plan is not PlanKind.ENHANCED:
        return
    gone = exit_of(session)
    done = session.marks.is_open(Mark.SAFETY_PLAN_CONFIRMED)
    if done or (gone is not None and gone.way in UNSAFE_EXITS):
        await settle(uow, TaskKind.CONFIRM_SAFETY_PLAN, cause_id=plan.id)
        return
    await owe(
        uow,
        course,
        TaskKind.CONFIRM_SAFETY_PLAN,
        cause_id=plan.id,
        since=uow.now,
        session_id=session.id,
    )
