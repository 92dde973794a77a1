"""A record that somebody off the care team opened in an emergency, told by the service it is in.

The reason and the explanation stay in that service. Who opened it is in the envelope.
"""

from typing import ClassVar, Final
from uuid import UUID

from careteam_contracts.base import Event
from careteam_contracts.enums import Service
from careteam_contracts.scalars import UtcTime

_TOLD: Final = (Service.NOTIFICATIONS,)


class EmergencyAccessOpened(Event):
    """Somebody reads a client's record without being on the team, until a time and no longer."""

    aggregate_type: ClassVar[str] = "emergency_access"
    consumers: ClassVar[tuple[Service, ...]] = _TOLD
    urgent: ClassVar[bool] = True

    access_id: UUID
    ends_at: UtcTime


class EmergencyAccessReviewed(Event):
    """Somebody else has looked at why a record was opened."""

    aggregate_type: ClassVar[str] = "emergency_access"
    consumers: ClassVar[tuple[Service, ...]] = _TOLD

    access_id: UUID


class IntakeEmergencyAccessOpened(EmergencyAccessOpened):
    type: ClassVar[str] = "careteam.intake.emergency_access_opened.v1"
    producer: ClassVar[Service] = Service.INTAKE


class PrescribingEmergencyAccessOpened(EmergencyAccessOpened):
    type: ClassVar[str] = "careteam.prescribing.emergency_access_opened.v1"
    producer: ClassVar[Service] = Service.PRESCRIBING


class SchedulingEmergencyAccessOpened(EmergencyAccessOpened):
    type: ClassVar[str] = "careteam.scheduling.emergency_access_opened.v1"
    producer: ClassVar[Service] = Service.SCHEDULING


class NotificationsEmergencyAccessOpened(EmergencyAccessOpened):
    type: ClassVar[str] = "careteam.notifications.emergency_access_opened.v1"
    producer: ClassVar[Service] = Service.NOTIFICATIONS


class IntakeEmergencyAccessReviewed(EmergencyAccessReviewed):
    type: ClassVar[str] = "careteam.intake.emergency_access_reviewed.v1"
    producer: ClassVar[Service] = Service.INTAKE


class PrescribingEmergencyAccessReviewed(EmergencyAccessReviewed):
    type: ClassVar[str] = "careteam.prescribing.emergency_access_reviewed.v1"
    producer: ClassVar[Service] = Service.PRESCRIBING


class SchedulingEmergencyAccessReviewed(EmergencyAccessReviewed):
    type: ClassVar[str] = "careteam.scheduling.emergency_access_reviewed.v1"
    producer: ClassVar[Service] = Service.SCHEDULING


class NotificationsEmergencyAccessReviewed(EmergencyAccessReviewed):
    type: ClassVar[str] = "careteam.notifications.emergency_access_reviewed.v1"
    producer: ClassVar[Service] = Service.NOTIFICATIONS


EMERGENCY_ACCESS_OPENED: Final[tuple[type[EmergencyAccessOpened], ...]] = (
    IntakeEmergencyAccessOpened,
    PrescribingEmergencyAccessOpened,
    SchedulingEmergencyAccessOpened,
    NotificationsEmergencyAccessOpened,
)
EMERGENCY_ACCESS_REVIEWED: Final[tuple[type[EmergencyAccessReviewed], ...]] = (
    IntakeEmergencyAccessReviewed,
    PrescribingEmergencyAccessReviewed,
    SchedulingEmergencyAccessReviewed,
    NotificationsEmergencyAccessReviewed,
)
