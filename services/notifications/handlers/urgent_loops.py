"""Urgent loops: opened once for a cause, climbing by timers, ended by people (INV-30)."""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.aftercare_escalation import escalate_aftercare
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.escalation import (
    CALLED_AT,
    RAISES_AFTERCARE,
    Cause,
    Escalation,
    EscalationStatus,
    climb,
    open_escalation,
    stand_down,
)
from services.notifications.domain.session_facts import ExitWay, SessionFacts
from services.notifications.domain.session_reading import exit_of
from services.notifications.domain.task import TaskKind
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.tell_team import tell
from shared.storage.ports import Due

STEP_TIMER = "escalation_step"


async def call_out(
    uow: UnitOfWork, plan: AftercarePlan, cause: Cause, *, cause_id: UUID, since: datetime
) -> None:
    """Open the loop for this cause, unless it was opened before."""
    if await uow.escalations.list_by(cause=cause, cause_id=cause_id):
        return
    escalation = await uow.escalations.save(
        open_escalation(
            escalation_id=uow.new_id(),
            client_id=plan.client_id,
            course_id=plan.course_id,
            session_id=plan.session_id,
            aftercare_id=plan.id,
            cause=cause,
            cause_id=cause_id,
            since=since,
            now=uow.now,
            messaging=(await uow.protocol_of(plan.course_id)).messaging,
        )
    )
    await _reached(uow, escalation)


async def when_step_is_due(due: Due, uow: UnitOfWork) -> None:
    """Nobody took it in time: whenever a step is due then the next circle is called."""
    escalation = await uow.escalations.find(due.key)
    if escalation is None or escalation.status is not EscalationStatus.OPEN:
        return
    if escalation.next_step_at is None or uow.now < escalation.next_step_at:
        return
    await _reached(uow, await uow.escalations.save(climb(escalation, now=uow.now)))


async def stand_down_after_departure(
    uow: UnitOfWork, plan: AftercarePlan, session: SessionFacts
) -> None:
    """Who leaves with a team or with clearance needs nobody called to the recovery room."""
    gone = exit_of(session)
    if gone is None or gone.way is ExitWay.AGAINST_ADVICE:
        return
    for escalation in await uow.escalations.list_by(
        aftercare_id=plan.id, cause=Cause.RECOVERY_ESCALATED
    ):
        if escalation.is_open:
            await uow.escalations.save(stand_down(escalation, at=uow.now))
            await uow.timers.cancel(STEP_TIMER, escalation.id)
            await settle(uow, TaskKind.CONTACT_CLIENT_NOW, cause_id=escalation.id)


async def _reached(uow: UnitOfWork, escalation: Escalation) -> None:
    """A level is reached: its people owe a call, the team is told, the next step is set."""
    course = CourseRef(escalation.client_id, escalation.course_id)
    for role in CALLED_AT[escalation.level]:
        await owe(
            uow,
            course,
            TaskKind.CONTACT_CLIENT_NOW,
            cause_id=escalation.id,
            since=escalation.since,
            owner_role=role,
            session_id=escalation.session_id,
        )
    if escalation.next_step_at is not None:
        await uow.timers.set(
            STEP_TIMER,
            escalation.id,
            escalation.next_step_at,
            client_id=escalation.client_id,
        )
    if escalation.cause in RAISES_AFTERCARE:
        await _raise_aftercare(uow, course, escalation)


async def _raise_aftercare(uow: UnitOfWork, course: CourseRef, escalation: Escalation) -> None:
    plan = await uow.aftercare_plans.get(escalation.aftercare_id)
    await uow.aftercare_plans.save(escalate_aftercare(plan, level=escalation.level, at=uow.now))
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    await tell(
        uow,
        course,
        Alert(
            kind=AlertKind.AFTERCARE_ESCALATED,
            cause_id=escalation.id,
            session_id=escalation.session_id,
        ),
        occurred_at=escalation.since,
        team=facts.care_team,
    )
