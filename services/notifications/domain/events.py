"""What became true here and is told to the other services. Each has the moment it became true."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.notifications.domain.vocabulary import (
    CheckInOutcome,
    HandoverChannel,
    PlanKind,
    Purpose,
    Recipient,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareStarted:
    """A dosed session has aftercare; told again when the plan becomes enhanced."""

    at: datetime
    aftercare_id: UUID
    session_id: UUID
    restrictions_until: datetime
    end_known: bool
    plan: PlanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionsExtended:
    """A later end, or that the end is now known."""

    at: datetime
    aftercare_id: UUID
    session_id: UUID
    restrictions_until: datetime
    end_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionsDelivered:
    at: datetime
    aftercare_id: UUID
    session_id: UUID
    recipient: Recipient
    channel: HandoverChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionsAcknowledged:
    at: datetime
    aftercare_id: UUID
    session_id: UUID
    recipient: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareEscalated:
    """Concern, silence or an unsafe departure, carried to this level."""

    at: datetime
    aftercare_id: UUID
    session_id: UUID
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareCompleted:
    at: datetime
    aftercare_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInCompleted:
    at: datetime
    checkin_id: UUID
    session_id: UUID
    outcome: CheckInOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """A message could not reach anybody; people take over. ``staff_asked``: they know already."""

    at: datetime
    message_id: UUID
    purpose: Purpose
    staff_asked: bool


AftercareEvent: TypeAlias = (
    AftercareStarted
    | RestrictionsExtended
    | InstructionsDelivered
    | InstructionsAcknowledged
    | AftercareEscalated
    | AftercareCompleted
)
DomainEvent: TypeAlias = AftercareEvent | CheckInCompleted | DeliveryFailed
