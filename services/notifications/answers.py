"""What notifications answers when a gate asks: restrictions and open concerns, as committed."""

from typing import Final

from careteam_contracts.enums import (
    AftercarePlanKind,
    AftercareStatus,
    KeepsClient,
    Service,
)
from careteam_contracts.erasing import ErasureAnswer, ErasureAsk
from careteam_contracts.questions import ERASURE, NOTIFICATIONS_STANDING
from careteam_contracts.standing import (
    EscalationStanding,
    NotificationsStanding,
    RestrictionStanding,
    StandingAsk,
)
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.escalation import Escalation
from services.notifications.domain.message import MessageStatus
from services.notifications.domain.standing import lags_behind
from services.notifications.domain.task import TaskStatus
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from shared.messaging import AnswerTable, erasure_answer

_NOT_GONE_OUT: Final = (MessageStatus.QUEUED.value, MessageStatus.HELD.value)


async def standing(ask: StandingAsk, uow: SqlNotificationsUnitOfWork) -> NotificationsStanding:
    """``unverifiable`` while something about the client is parked, or heard and not followed."""
    facts = await uow.course_facts.find(ask.course_id)
    if facts is None:
        return NotificationsStanding(
            known=False,
            unverifiable=False,
            answered_at=uow.now,
            protocol_version=(await uow.pin_of(None)).version,
        )
    pin = await uow.pin_of(ask.course_id)
    plans = await uow.aftercare_plans.list_by(course_id=ask.course_id)
    escalations = await uow.escalations.list_by(course_id=ask.course_id)
    freshness = await uow.freshness(facts.client_id)
    return NotificationsStanding(
        known=True,
        unverifiable=any(one.parked for one in freshness.values())
        or lags_behind(facts, plans, uow.timezone),
        answered_at=uow.now,
        protocol_version=pin.version,
        protocol_digest=pin.digest,
        restrictions=tuple(_restriction(plan) for plan in plans),
        open_escalations=tuple(_escalation(one) for one in escalations if one.is_open),
    )


def _restriction(plan: AftercarePlan) -> RestrictionStanding:
    return RestrictionStanding(
        aftercare_id=plan.id,
        session_id=plan.session_id,
        restrictions_until=plan.restrictions_until,
        end_known=plan.end_known,
        plan=AftercarePlanKind(plan.plan),
        status=AftercareStatus(plan.status),
    )


def _escalation(escalation: Escalation) -> EscalationStanding:
    return EscalationStanding(aftercare_id=escalation.aftercare_id, level=escalation.level)


async def erasure(ask: ErasureAsk, uow: SqlNotificationsUnitOfWork) -> ErasureAnswer:
    """What of the client is not over here. Owed are check-ins, urgent loops, tasks, and messages
    that have not gone out."""
    of_client = {"client_id": ask.client_id}
    plans = await uow.aftercare_plans.list_by(**of_client)
    loops = await uow.escalations.list_by(**of_client)
    check_ins = await uow.check_ins.list_by(**of_client)
    return await erasure_answer(
        uow,
        ask.client_id,
        {
            KeepsClient.RESTRICTION: any(plan.window.active(uow.now) for plan in plans),
            KeepsClient.AFTERCARE: any(plan.is_open for plan in plans),
            KeepsClient.OWED: any(loop.is_open for loop in loops)
            or any(one.status is not CheckInStatus.CLOSED for one in check_ins)
            or bool(await uow.tasks.list_by(**of_client, status=TaskStatus.OPEN.value))
            or bool(await uow.messages.list_by(**of_client, status=_NOT_GONE_OUT)),
        },
    )


ANSWERS: Final[AnswerTable] = {
    NOTIFICATIONS_STANDING: standing,
    ERASURE[Service.NOTIFICATIONS]: erasure,
}
