"""What notifications publishes: aftercare, restrictions, check-ins, deliveries."""

from typing import ClassVar, Final
from uuid import UUID

from careteam_contracts.base import Event
from careteam_contracts.enums import (
    AftercarePlanKind,
    Channel,
    CheckInOutcome,
    HoldCategory,
    InstructionsRecipient,
    MessagePurpose,
    Service,
)
from careteam_contracts.scalars import EscalationLevel, UtcTime

_I: Final = Service.INTAKE
_P: Final = Service.PRESCRIBING
_S: Final = Service.SCHEDULING


class NotificationsEvent(Event):
    producer: ClassVar[Service] = Service.NOTIFICATIONS


class AftercareEvent(NotificationsEvent):
    aggregate_type: ClassVar[str] = "aftercare"

    aftercare_id: UUID
    session_id: UUID


class AftercareStarted(AftercareEvent):
    """Restrictions are in force. While ``end_known`` is false their end is for display only.

    A change of ``plan`` publishes the same ``aftercare_id`` again: highest version wins.
    """

    type: ClassVar[str] = "careteam.notifications.aftercare_started.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _S)
    public: ClassVar[bool] = True

    restrictions_until: UtcTime
    end_known: bool
    plan: AftercarePlanKind


class RestrictionsExtended(AftercareEvent):
    """A later end, or a later dose, is known. A known end never moves back (INV-26)."""

    type: ClassVar[str] = "careteam.notifications.restrictions_extended.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _S)

    restrictions_until: UtcTime
    end_known: bool


class InstructionsDelivered(AftercareEvent):
    """The going-home instructions reached the client or the escort."""

    type: ClassVar[str] = "careteam.notifications.instructions_delivered.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)

    recipient: InstructionsRecipient
    channel: Channel


class InstructionsAcknowledged(AftercareEvent):
    """The client or the escort confirmed the instructions."""

    type: ClassVar[str] = "careteam.notifications.instructions_acknowledged.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)

    recipient: InstructionsRecipient


class CheckInCompleted(NotificationsEvent):
    """How a check-in after the session went, silence included."""

    type: ClassVar[str] = "careteam.notifications.check_in_completed.v1"
    aggregate_type: ClassVar[str] = "check_in"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _S)

    checkin_id: UUID
    session_id: UUID
    outcome: CheckInOutcome


class AftercareEscalated(AftercareEvent):
    """A concern, or silence, was carried one level up."""

    type: ClassVar[str] = "careteam.notifications.aftercare_escalated.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _S)
    urgent: ClassVar[bool] = True

    level: EscalationLevel
    hold_category: HoldCategory


class AftercareCompleted(AftercareEvent):
    """All check-ins are closed and the restriction is over."""

    type: ClassVar[str] = "careteam.notifications.aftercare_completed.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S)
    public: ClassVar[bool] = True


class DeliveryFailed(NotificationsEvent):
    """No allowed channel worked; people take over.

    ``staff_asked``: notifications has asked people itself, so nobody needs to be asked again.
    Absent in events from before it was said.
    """

    type: ClassVar[str] = "careteam.notifications.delivery_failed.v1"
    aggregate_type: ClassVar[str] = "message"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)

    message_id: UUID
    purpose: MessagePurpose
    staff_asked: bool | None = None
