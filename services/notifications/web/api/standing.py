"""How a course or a session stands here: each rule with its verdict, and how fresh it is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.closing import closing_decision
from services.notifications.domain.session_reading import was_dosed
from services.notifications.domain.standing import lags_behind, restriction_decision
from services.notifications.domain.task import TaskStatus
from services.notifications.persistence.queries import matching, page
from services.notifications.persistence.tables import TASKS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.decision_views import (
    SessionGatesView,
    StandingView,
    decision_view,
    freshness_view,
)
from services.notifications.web.views import aftercare_view, escalation_view, task_view
from shared.decisions import Decision
from shared.storage import NotFound
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["standing"])
_MOST_TASKS = 200


@router.get("/courses/{course_id}/standing", responses=problems(404))
async def course_standing(
    course_id: UUID, call: Annotated[Call, Depends(calling("see_standing"))]
) -> StandingView:
    """Restrictions, open aftercare, escalations and tasks of a course."""

    async def read(uow: SqlNotificationsUnitOfWork) -> StandingView:
        facts = await uow.course_facts.find(course_id)
        if facts is None:
            raise NotFound("course", course_id)
        plans = await uow.aftercare_plans.list_by(course_id=course_id)
        escalations = await uow.escalations.list_by(course_id=course_id)
        tasks = await page(
            uow,
            TASKS,
            *matching(TASKS, course_id=course_id, status=TaskStatus.OPEN),
            after=None,
            limit=_MOST_TASKS,
        )
        freshness = await uow.freshness(facts.client_id)
        closings = [await _closing(uow, plan) for plan in plans if plan.is_open]
        return StandingView(
            course_id=course_id,
            client_id=facts.client_id,
            unverifiable=any(one.parked for one in freshness.values())
            or lags_behind(facts, plans, uow.timezone),
            decisions=[
                decision_view(one, course_id)
                for one in (restriction_decision(facts, plans, uow.now), *closings)
            ],
            aftercare=[aftercare_view(plan, uow.now) for plan in plans],
            open_escalations=[escalation_view(e) for e in escalations if e.is_open],
            open_tasks=[task_view(task) for task in tasks.items],
            freshness=freshness_view(freshness),
        )

    return await call.read(read)


@router.get("/sessions/{session_id}/gates", responses=problems(404))
async def session_gates(
    session_id: UUID, call: Annotated[Call, Depends(calling("see_standing"))]
) -> SessionGatesView:
    """The aftercare of a session, and what it waits for before it closes."""

    async def read(uow: SqlNotificationsUnitOfWork) -> SessionGatesView:
        known = await uow.session_courses.find(session_id)
        course_id = None if known is None else known.course_id
        facts = None if course_id is None else await uow.course_facts.find(course_id)
        if facts is None:
            raise NotFound("session", session_id)
        plan = await uow.aftercare_plans.find_by(session_id=session_id)
        decisions = (
            []
            if plan is None
            else [restriction_decision(facts, [plan], uow.now), await _closing(uow, plan)]
        )
        return SessionGatesView(
            session_id=session_id,
            course_id=facts.course_id,
            dosed=was_dosed(facts.session(session_id)),
            aftercare=None if plan is None else aftercare_view(plan, uow.now),
            decisions=[decision_view(one, facts.course_id) for one in decisions],
            freshness=freshness_view(await uow.freshness(facts.client_id)),
        )

    return await call.read(read)


async def _closing(uow: SqlNotificationsUnitOfWork, plan: AftercarePlan) -> Decision:
    return closing_decision(
        plan,
        await uow.check_ins.list_by(aftercare_id=plan.id),
        await uow.escalations.list_by(aftercare_id=plan.id),
        now=uow.now,
    )
