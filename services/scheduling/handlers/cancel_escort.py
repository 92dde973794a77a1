"""An escort falls through: the clinic looks for another, for as long as the protocol allows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.escorting import cancel_escort as cancelled
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import open_task


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEscort:
    escort_id: UUID
    at: datetime | None = None


async def cancel_escort(command: CancelEscort, uow: UnitOfWork) -> Session:
    contact = await uow.escort_contacts.get(command.escort_id)
    session = await uow.sessions.get(contact.session_id)
    at = stated_time(command.at, uow.now, what="cancellation")
    kept = await keep(uow, cancelled(session, command.escort_id, at=at))
    if not kept.escort_confirmed and not kept.over:
        await open_task(
            uow,
            TaskKind.FIND_ESCORT,
            cause=command.escort_id,
            client_id=kept.client_id,
            course_id=kept.course_id,
            session_id=kept.id,
        )
    return kept
