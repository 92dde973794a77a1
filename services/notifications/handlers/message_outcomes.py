"""What becomes of a message once it is decided: held, dropped, given to people, or sent."""

from typing import Final

from services.notifications.domain.aftercare_instructions import deliver_instructions
from services.notifications.domain.aftercare_plan import Trigger, is_allowed
from services.notifications.domain.gates import NotifyFacts
from services.notifications.domain.message import Message, Reason, drop, fail, hold, sent
from services.notifications.domain.sending import Drop, Fail, Hold, NextStep, Send
from services.notifications.domain.task import URGENT, TaskKind
from services.notifications.domain.vocabulary import HandoverChannel, Purpose
from services.notifications.handlers.owe import owe
from services.notifications.handlers.owe_after_hours import owe_somebody_there
from services.notifications.handlers.ports import CourseRef, Outgoing, UnitOfWork
from services.notifications.handlers.say import keep
from shared.decisions import Decision

TRY_AGAIN: Final = frozenset({Reason.CONTACT_UNKNOWN, Reason.CHANNEL_FAILED})
"""Reasons that may pass within seconds: the timer is left as it is, and tries again by itself."""


async def explain(uow: UnitOfWork, facts: NotifyFacts, decision: Decision) -> None:
    """Keep the decision's receipt with the message."""
    message = facts.message
    await uow.receipts.record(
        decision,
        facts,
        subject_id=message.id,
        client_id=message.client_id,
        course_id=message.course_id,
        freshness=await uow.freshness(message.client_id),
    )


async def follow(uow: UnitOfWork, message: Message, step: NextStep) -> Message:
    """Let the decided step take place."""
    match step:
        case Hold(reason, until) if reason in TRY_AGAIN:
            return await uow.messages.save(hold(message, reason=reason, until=until))
        case Hold(reason, until):
            return await keep(uow, hold(message, reason=reason, until=until))
        case Drop(reason):
            return await keep(uow, drop(message, reason=reason, at=uow.now))
        case Fail(reason, status):
            failed = await keep(uow, fail(message, status=status, reason=reason, at=uow.now))
            await _give_to_people(uow, failed)
            return failed
        case Send():
            raise AssertionError("a message is sent between transactions, not within one")


async def remember_sent(uow: UnitOfWork, message: Message, taken: Outgoing) -> Message:
    """It went out. Instructions that went out have been delivered (6.4)."""
    saved = await keep(
        uow, sent(message, channel=taken.channel, language=taken.language, at=uow.now)
    )
    if saved.purpose is Purpose.AFTERCARE_INSTRUCTIONS:
        plan = await uow.aftercare_plans.get(saved.cause_id)
        if is_allowed(plan, Trigger.DELIVER):
            await uow.aftercare_plans.save(
                deliver_instructions(
                    plan,
                    recipient=saved.recipient,
                    channel=HandoverChannel(taken.channel.value),
                    at=uow.now,
                )
            )
    return saved


async def _give_to_people(uow: UnitOfWork, message: Message) -> None:
    """Where a person could come to harm, staff do what the message could not (INV-29)."""
    fallback = message.traits.fallback
    if fallback is None:
        return
    if message.reason is Reason.LATE and fallback is TaskKind.GIVE_INSTRUCTIONS:
        fallback = TaskKind.CALL_CLIENT
    await (owe_somebody_there if fallback in URGENT else owe)(
        uow,
        CourseRef(message.client_id, message.course_id),
        fallback,
        cause_id=message.cause_id,
        since=message.due_at,
        session_id=message.session_id,
    )
