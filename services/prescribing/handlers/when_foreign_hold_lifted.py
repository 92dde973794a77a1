"""Whenever a service lifts a hold that is not its own: nothing is lifted, people look into it."""

from uuid import UUID

from services.prescribing.domain.hold import US
from services.prescribing.domain.vocabulary import IncidentCode
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import record_incident
from shared.folds import removed_by


async def when_foreign_hold_lifted(
    uow: UnitOfWork, *, client_id: UUID, course_id: UUID, hold_id: UUID
) -> None:
    """INV-32: looked for when a hold is lifted and when one is placed, whichever is heard first."""
    facts = await uow.facts.get(course_id, client_id)
    owners = set(facts.known_owners(hold_id))
    if await uow.safety_holds.find(hold_id) is not None:
        owners.add(US)
    if not owners:
        return
    for lifted_by, event_id in removed_by(facts.holds, hold_id).items():
        if lifted_by not in owners:
            await record_incident(
                uow,
                IncidentCode.FOREIGN_HOLD_LIFT,
                client_id=client_id,
                course_id=course_id,
                session_id=None,
                cause=f"lift:{event_id}",
                at=uow.now,
            )
