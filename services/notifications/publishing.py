"""What leaves notifications: each domain event as its contract, and nothing more than that."""

from typing import assert_never

from careteam_contracts import notifications as told
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    AftercarePlanKind,
    Channel,
    CheckInOutcome,
    HoldCategory,
    InstructionsRecipient,
    MessagePurpose,
)
from services.notifications.domain import events


def to_contract(event: events.DomainEvent) -> Event:
    """The contract event; the envelope is added by the outbox."""
    match event:
        case events.AftercareStarted():
            return told.AftercareStarted(
                aftercare_id=event.aftercare_id,
                session_id=event.session_id,
                restrictions_until=event.restrictions_until,
                end_known=event.end_known,
                plan=AftercarePlanKind(event.plan),
            )
        case events.RestrictionsExtended():
            return told.RestrictionsExtended(
                aftercare_id=event.aftercare_id,
                session_id=event.session_id,
                restrictions_until=event.restrictions_until,
                end_known=event.end_known,
            )
        case events.InstructionsDelivered():
            return told.InstructionsDelivered(
                aftercare_id=event.aftercare_id,
                session_id=event.session_id,
                recipient=InstructionsRecipient(event.recipient),
                channel=Channel(event.channel),
            )
        case events.InstructionsAcknowledged():
            return told.InstructionsAcknowledged(
                aftercare_id=event.aftercare_id,
                session_id=event.session_id,
                recipient=InstructionsRecipient(event.recipient),
            )
        case events.AftercareEscalated():
            return told.AftercareEscalated(
                aftercare_id=event.aftercare_id,
                session_id=event.session_id,
                level=event.level,
                hold_category=HoldCategory.AFTERCARE,
            )
        case events.AftercareCompleted():
            return told.AftercareCompleted(
                aftercare_id=event.aftercare_id, session_id=event.session_id
            )
        case events.CheckInCompleted():
            return told.CheckInCompleted(
                checkin_id=event.checkin_id,
                session_id=event.session_id,
                outcome=CheckInOutcome(event.outcome),
            )
        case events.DeliveryFailed():
            return told.DeliveryFailed(
                message_id=event.message_id,
                purpose=MessagePurpose(event.purpose),
                staff_asked=event.staff_asked,
            )
        case _ as unreachable:
            assert_never(unreachable)
