"""The escort is at the desk, and is, or is not, who was named."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.escorting import escort_arrived
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEscortArrival:
    escort_id: UUID
    identity_matched: bool
    at: datetime | None = None


async def record_escort_arrival(command: RecordEscortArrival, uow: UnitOfWork) -> Session:
    contact = await uow.escort_contacts.get(command.escort_id)
    session = await uow.sessions.get(contact.session_id)
    arrived_at = stated_time(command.at, uow.now, what="arrival")
    change = escort_arrived(
        session,
        command.escort_id,
        arrived_at=arrived_at,
        identity_matched=command.identity_matched,
    )
    return await keep(uow, change)
