"""Incidents as they are published: the session keeps its own note of each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.events import IncidentCode, IncidentRecorded
from shared.decisions import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedIncident:
    """``event_ref`` is the event that showed it, where one did."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    code: IncidentCode
    event_ref: str | None = None
    recorded_at: datetime


def record_incident(
    incident_id: UUID,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID | None,
    code: IncidentCode,
    at: datetime,
    event_ref: str | None = None,
) -> Change[RecordedIncident, IncidentRecorded]:
    """Something went against the rules or against itself; people look into it."""
    incident = RecordedIncident(
        id=incident_id,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        code=code,
        event_ref=event_ref,
        recorded_at=at,
    )
    told = IncidentRecorded(at=at, incident_id=incident_id, code=code, session_id=session_id)
    return Change(incident, (told,))
