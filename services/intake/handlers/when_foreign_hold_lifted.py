"""Whenever a service lifts a hold that is not its own: nothing is lifted, people look into it."""

from uuid import UUID

from services.intake.domain.incident import IncidentCode, record_incident
from services.intake.handlers.ports import UnitOfWork
from shared.folds import removed_by


async def when_foreign_hold_lifted(uow: UnitOfWork, *, course_id: UUID, hold_id: UUID) -> None:
    """INV-32: looked for when a hold is lifted and when one is placed, whichever is heard first.

    The set of holds is keyed by owner, so the stranger's word has changed nothing.
    """
    course = await uow.courses.find(course_id)
    if course is None:
        return
    facts = await uow.facts.get(course.id, course.client_id)
    owners = {
        told.value.owner for told in facts.holds.members.values() if told.value.hold_id == hold_id
    }
    if await uow.safety_holds.find(hold_id) is not None:
        owners.add("intake")
    if not owners:
        return
    known = {one.event_ref for one in await uow.incidents.list_by(course_id=course.id)}
    for lifted_by, event_id in removed_by(facts.holds, hold_id).items():
        if lifted_by in owners or event_id in known:
            continue
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
