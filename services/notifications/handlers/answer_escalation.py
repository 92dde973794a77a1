"""People take an urgent loop, and end it: each by name."""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.aftercare_escalation import calm_aftercare
from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.escalation import (
    RAISES_AFTERCARE,
    Escalation,
    acknowledge,
    resolve,
)
from services.notifications.domain.task import TaskKind, TaskStatus, withdraw_task
from services.notifications.domain.wording import Wording
from services.notifications.handlers.advance_aftercare import close_if_done
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.say import take_back
from services.notifications.handlers.urgent_loops import STEP_TIMER
from shared.decisions import refuse
from shared.protocol import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeEscalation:
    escalation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveEscalation:
    escalation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveAftercareEscalations:
    """Everything that is open about one aftercare."""

    aftercare_id: UUID


async def acknowledge_escalation(command: AcknowledgeEscalation, uow: UnitOfWork) -> Escalation:
    """Somebody takes it, called or not: it is theirs, and the others' calls are withdrawn."""
    escalation = await uow.escalations.get(command.escalation_id)
    taken = await uow.escalations.save(acknowledge(escalation, by=uow.actor.ref, at=uow.now))
    await uow.timers.cancel(STEP_TIMER, taken.id)
    await owe(
        uow,
        CourseRef(taken.client_id, taken.course_id),
        TaskKind.CONTACT_CLIENT_NOW,
        cause_id=taken.id,
        since=taken.since,
        owner_role=Role(uow.actor.role),
        session_id=taken.session_id,
    )
    for task in await uow.tasks.list_by(
        kind=TaskKind.CONTACT_CLIENT_NOW, cause_id=taken.id, status=TaskStatus.OPEN
    ):
        if task.owner_role != uow.actor.role:
            await uow.tasks.save(withdraw_task(task, at=uow.now))
    return taken


async def resolve_escalation(command: ResolveEscalation, uow: UnitOfWork) -> Escalation:
    """One loop is over; the aftercare is calm when no other is open."""
    resolved = await _resolve(uow, await uow.escalations.get(command.escalation_id))
    await _calm_if_nothing_is_open(uow, resolved.aftercare_id)
    return resolved


async def resolve_aftercare_escalations(
    command: ResolveAftercareEscalations, uow: UnitOfWork
) -> AftercarePlan:
    """A named clinician says that the client is safe: every open loop of the aftercare ends."""
    plan = await uow.aftercare_plans.get(command.aftercare_id)
    pending = [
        escalation
        for escalation in await uow.escalations.list_by(aftercare_id=plan.id)
        if escalation.is_open
    ]
    if not pending:
        refuse("nothing-escalated", "6.4", status=plan.status)
    for escalation in pending:
        await _resolve(uow, escalation)
    await _calm_if_nothing_is_open(uow, plan.id)
    return await uow.aftercare_plans.get(plan.id)


async def _resolve(uow: UnitOfWork, escalation: Escalation) -> Escalation:
    resolved = await uow.escalations.save(
        resolve(escalation, by=uow.actor.ref, role=uow.actor.role, at=uow.now)
    )
    await uow.timers.cancel(STEP_TIMER, resolved.id)
    await settle(uow, TaskKind.CONTACT_CLIENT_NOW, cause_id=resolved.id, by=uow.actor.ref)
    await take_back(uow, [Wording.PLEASE_CALL_NOW], cause_id=resolved.cause_id)
    return resolved


async def _calm_if_nothing_is_open(uow: UnitOfWork, aftercare_id: UUID) -> None:
    plan = await uow.aftercare_plans.get(aftercare_id)
    others = await uow.escalations.list_by(aftercare_id=aftercare_id)
    if any(other.is_open and other.cause in RAISES_AFTERCARE for other in others):
        return
    if plan.status is AftercareStatus.ESCALATED:
        await uow.aftercare_plans.save(calm_aftercare(plan, by=uow.actor.ref, now=uow.now))
    await close_if_done(uow, aftercare_id)
