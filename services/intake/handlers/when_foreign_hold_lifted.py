"""Whenever a service lifts a hold that is not its own: nothing is lifted, people look into it."""

from uuid import UUID

from services.intake.domain.incident import IncidentCode, record_incident
from services.intake.handlers.ports import UnitOfWork


async def when_foreign_hold_lifted(
    uow: UnitOfWork, *, course_id: UUID, lifted_by: str, hold_id: UUID, event_id: str
) -> None:
    """INV-32. The set of holds is keyed by owner, so the stranger's word has changed nothing."""
    course = await uow.courses.find(course_id)
    if course is None:
        return
    facts = await uow.facts.get(course.id, course.client_id)
    owners = {
        told.value.owner for told in facts.holds.members.values() if told.value.hold_id == hold_id
    }
    if await uow.safety_holds.find(hold_id) is not None:
        owners.add("intake")
    if not owners - {lifted_by} or lifted_by in owners:
        return
    await uow.incidents.save(
        record_incident(
            incident_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.id,
            code=IncidentCode.FOREIGN_HOLD_LIFT,
            event_ref=event_id,
            now=uow.now,
        )
    )
