"""Staff handed the going-home instructions over, or saw them confirmed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.aftercare_instructions import (
    acknowledge_instructions,
    deliver_instructions,
)
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import HandoverChannel, Recipient
from services.notifications.handlers.owe import withdraw_for_session
from services.notifications.handlers.ports import UnitOfWork
from services.notifications.handlers.stated_time import stated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverInstructions:
    aftercare_id: UUID
    recipient: Recipient
    channel: HandoverChannel
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeInstructions:
    aftercare_id: UUID
    recipient: Recipient
    at: datetime | None = None


async def record_instructions(command: DeliverInstructions, uow: UnitOfWork) -> AftercarePlan:
    """The client or the escort has them; nobody has to give them to the client any more."""
    plan = await uow.aftercare_plans.get(command.aftercare_id)
    delivered = await uow.aftercare_plans.save(
        deliver_instructions(
            plan,
            recipient=command.recipient,
            channel=command.channel,
            at=stated_at(command.at, now=uow.now),
        )
    )
    if command.recipient is Recipient.CLIENT:
        await withdraw_for_session(uow, [TaskKind.GIVE_INSTRUCTIONS], plan.session_id)
    return delivered


async def record_acknowledgement(
    command: AcknowledgeInstructions, uow: UnitOfWork
) -> AftercarePlan:
    """The client or the escort confirmed what they had received."""
    plan = await uow.aftercare_plans.get(command.aftercare_id)
    return await uow.aftercare_plans.save(
        acknowledge_instructions(
            plan, recipient=command.recipient, at=stated_at(command.at, now=uow.now)
        )
    )
