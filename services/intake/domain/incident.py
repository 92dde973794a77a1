"""Something went against the rules; people look into it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.events import DomainEvent, IncidentRecorded
from shared.decisions import Change


class IncidentStatus(StrEnum):
    RECORDED = "recorded"


class IncidentCode(StrEnum):
    FOREIGN_HOLD_LIFT = "foreign_hold_lift"
    EVENT_PARKED = "event_parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What happened, in one code. ``event_ref`` is the event that showed it."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: IncidentStatus = IncidentStatus.RECORDED
    code: IncidentCode
    event_ref: str
    recorded_at: datetime


def record_incident(
    *,
    incident_id: UUID,
    client_id: UUID,
    course_id: UUID,
    code: IncidentCode,
    event_ref: str,
    now: datetime,
) -> Change[Incident, DomainEvent]:
    incident = Incident(
        id=incident_id,
        client_id=client_id,
        course_id=course_id,
        code=code,
        event_ref=event_ref,
        recorded_at=now,
    )
    return Change(incident, (IncidentRecorded(at=now, incident_id=incident_id, code=code.value),))
