"""Whenever an event was parked: its course is unverifiable here until people have looked."""

from uuid import UUID

from services.intake.domain.incident import IncidentCode, record_incident
from services.intake.handlers.ports import UnitOfWork


async def when_event_parked(
    uow: UnitOfWork, *, client_id: UUID, course_id: UUID, event_id: UUID
) -> None:
    """INV-39: nothing is dropped silently; the incident becomes a task."""
    await uow.incidents.save(
        record_incident(
            incident_id=uow.new_id(),
            client_id=client_id,
            course_id=course_id,
            code=IncidentCode.EVENT_PARKED,
            event_ref=str(event_id),
            now=uow.now,
        )
    )
