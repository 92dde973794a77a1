"""Name the trusted adult who takes the client home."""

from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.escort import EscortContact
from services.scheduling.domain.escorting import confirm_escort as confirmed
from services.scheduling.domain.session import Session
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEscort:
    """Name and phone are kept apart from the assignment, and go nowhere."""

    name: str
    phone: str
    relationship: str
    adult: bool
    rideshare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEscort:
    session_id: UUID
    escort: NewEscort


async def confirm_escort(command: ConfirmEscort, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    protocol = await uow.protocol_of(session.course_id)
    change = confirmed(
        session,
        escort_id=uow.new_id(),
        adult=command.escort.adult,
        rideshare=command.escort.rideshare,
        rideshare_alone=protocol.escort.rideshare_alone,
        at=uow.now,
    )
    kept = await keep(uow, change)
    await keep_contact(uow, kept, command.escort)
    return kept


async def keep_contact(uow: UnitOfWork, session: Session, escort: NewEscort | None) -> None:
    """Keep how the newest escort is reached, in a place of its own."""
    if escort is None:
        return
    contact = EscortContact(
        id=session.escorts[-1].id,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        name=escort.name,
        phone=escort.phone,
        relationship=escort.relationship,
    )
    await uow.escort_contacts.save(Change(contact))
