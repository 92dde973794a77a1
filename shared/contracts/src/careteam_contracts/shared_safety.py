"""Holds and incidents, which every service may publish under its own wire name.

A hold belongs to the service that placed it. Its payload is the same for all, so a consumer
subscribes to the whole of :data:`SAFETY_HOLD_PLACED` with one handler.
"""

from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    IncidentCode,
    Service,
)
from careteam_contracts.scalars import RuleSlug

_EVERYONE: Final = tuple(Service)


class SafetyHoldPlaced(Event):
    """A reason to pause or stop. Open until lifted; lifting is final, also when seen first."""

    aggregate_type: ClassVar[str] = "safety_hold"
    consumers: ClassVar[tuple[Service, ...]] = _EVERYONE
    urgent: ClassVar[bool] = True

    hold_id: UUID
    hold_category: HoldCategory
    blocks: Annotated[tuple[HoldBlock, ...], Field(min_length=1, max_length=len(HoldBlock))]
    severity: HoldSeverity
    session_id: UUID | None = None
    finding_ref: UUID | None = None


class SafetyHoldLifted(Event):
    """A hold ended, signed by every role that its category asks for (ruling 19)."""

    aggregate_type: ClassVar[str] = "safety_hold"
    consumers: ClassVar[tuple[Service, ...]] = _EVERYONE

    hold_id: UUID
    lifted_by_roles: Annotated[tuple[ActorRole, ...], Field(min_length=1, max_length=8)]


class IncidentRecorded(Event):
    """Something went against the rules, or two facts contradict each other; people look into it.

    A dose that was taken against a rule is recorded as it happened, with the rules it broke
    (ruling 12).
    """

    aggregate_type: ClassVar[str] = "incident"
    consumers: ClassVar[tuple[Service, ...]] = (Service.NOTIFICATIONS,)

    incident_id: UUID
    incident_code: IncidentCode
    session_id: UUID | None = None
    dose_order_id: UUID | None = None
    broken_rules: Annotated[tuple[RuleSlug, ...], Field(max_length=32)] = ()


class IntakeSafetyHoldPlaced(SafetyHoldPlaced):
    type: ClassVar[str] = "careteam.intake.safety_hold_placed.v1"
    producer: ClassVar[Service] = Service.INTAKE


class PrescribingSafetyHoldPlaced(SafetyHoldPlaced):
    type: ClassVar[str] = "careteam.prescribing.safety_hold_placed.v1"
    producer: ClassVar[Service] = Service.PRESCRIBING


class SchedulingSafetyHoldPlaced(SafetyHoldPlaced):
    type: ClassVar[str] = "careteam.scheduling.safety_hold_placed.v1"
    producer: ClassVar[Service] = Service.SCHEDULING


class NotificationsSafetyHoldPlaced(SafetyHoldPlaced):
    type: ClassVar[str] = "careteam.notifications.safety_hold_placed.v1"
    producer: ClassVar[Service] = Service.NOTIFICATIONS


class IntakeSafetyHoldLifted(SafetyHoldLifted):
    type: ClassVar[str] = "careteam.intake.safety_hold_lifted.v1"
    producer: ClassVar[Service] = Service.INTAKE


class PrescribingSafetyHoldLifted(SafetyHoldLifted):
    type: ClassVar[str] = "careteam.prescribing.safety_hold_lifted.v1"
    producer: ClassVar[Service] = Service.PRESCRIBING


class SchedulingSafetyHoldLifted(SafetyHoldLifted):
    type: ClassVar[str] = "careteam.scheduling.safety_hold_lifted.v1"
    producer: ClassVar[Service] = Service.SCHEDULING


class NotificationsSafetyHoldLifted(SafetyHoldLifted):
    type: ClassVar[str] = "careteam.notifications.safety_hold_lifted.v1"
    producer: ClassVar[Service] = Service.NOTIFICATIONS


class IntakeIncidentRecorded(IncidentRecorded):
    type: ClassVar[str] = "careteam.intake.incident_recorded.v1"
    producer: ClassVar[Service] = Service.INTAKE


class PrescribingIncidentRecorded(IncidentRecorded):
    type: ClassVar[str] = "careteam.prescribing.incident_recorded.v1"
    producer: ClassVar[Service] = Service.PRESCRIBING


class SchedulingIncidentRecorded(IncidentRecorded):
    type: ClassVar[str] = "careteam.scheduling.incident_recorded.v1"
    producer: ClassVar[Service] = Service.SCHEDULING


class NotificationsIncidentRecorded(IncidentRecorded):
    type: ClassVar[str] = "careteam.notifications.incident_recorded.v1"
    producer: ClassVar[Service] = Service.NOTIFICATIONS


SAFETY_HOLD_PLACED: Final[tuple[type[SafetyHoldPlaced], ...]] = (
    IntakeSafetyHoldPlaced,
    PrescribingSafetyHoldPlaced,
    SchedulingSafetyHoldPlaced,
    NotificationsSafetyHoldPlaced,
)
SAFETY_HOLD_LIFTED: Final[tuple[type[SafetyHoldLifted], ...]] = (
    IntakeSafetyHoldLifted,
    PrescribingSafetyHoldLifted,
    SchedulingSafetyHoldLifted,
    NotificationsSafetyHoldLifted,
)
INCIDENT_RECORDED: Final[tuple[type[IncidentRecorded], ...]] = (
    IntakeIncidentRecorded,
    PrescribingIncidentRecorded,
    SchedulingIncidentRecorded,
    NotificationsIncidentRecorded,
)
