"""Whenever a service lifts a hold that is not its own: nothing is lifted, people look into it."""

from uuid import UUID

from services.scheduling.domain.events import IncidentCode
from services.scheduling.domain.incident import record_incident
from services.scheduling.handlers.ports import UnitOfWork
from shared.folds import removed_by


async def when_foreign_hold_lifted(
    uow: UnitOfWork, *, client_id: UUID, course_id: UUID, hold_id: UUID
) -> None:
    """INV-32: looked for when a hold is lifted and when one is placed, whichever is heard first."""
    facts = await uow.facts.get(course_id, client_id)
    owners = facts.hold_owners(str(hold_id))
    if await uow.own_holds.find(hold_id) is not None:
        owners |= {"scheduling"}
    if not owners:
        return
    known = {one.event_ref for one in await uow.incidents.list_by(course_id=course_id)}
    for lifted_by, event_id in removed_by(facts.holds, hold_id).items():
        if lifted_by in owners or event_id in known:
            continue
        await uow.incidents.save(
            record_incident(
                uow.new_id(),
                client_id=client_id,
                course_id=course_id,
                session_id=None,
                code=IncidentCode.FOREIGN_HOLD_LIFT,
                at=uow.now,
                event_ref=event_id,
            )
        )
