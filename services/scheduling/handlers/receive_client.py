"""The client arrives and answers for today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.arrival import check_in, record_assent
from services.scheduling.domain.resources import Clash, nothing_taken
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.domain.stopping import nothing_stops
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAssent:
    session_id: UUID
    process_explained: bool
    given: bool
    at: datetime | None = None


async def check_in_client(command: CheckIn, uow: UnitOfWork) -> Session:
    """Refused while the room or the therapist still has somebody who was dosed (INV-36), and
    for a session that something stops."""
    session = await uow.sessions.get(command.session_id)
    at = stated_time(command.at, uow.now, what="check-in")
    change = check_in(session, at=at, by=Role(uow.actor.role), zone=uow.timezone)
    facts = await known_of(uow, session.course_id, session.client_id)
    Decision.of("G-ARRIVE", [nothing_stops(session, facts)]).require()
    require_free(session, await uow.resources.occupied(session, dosing_only=True))
    return await keep(uow, change)


async def record_clients_assent(command: RecordAssent, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    at = stated_time(command.at, uow.now, what="assent", not_before=session.checked_in_at)
    protocol = await uow.protocol_of(session.course_id)
    change = record_assent(
        session,
        assent_id=uow.new_id(),
        at=at,
        explained=command.process_explained,
        given=command.given,
        valid=timedelta(minutes=protocol.dosing.assent_validity_minutes),
    )
    return await keep(uow, change)


def require_free(session: Session, clashes: tuple[Clash, ...]) -> None:
    """Refuse by name whatever somebody else's session still takes up."""
    Decision.of("G-FREE", nothing_taken(session, clashes)).require()
