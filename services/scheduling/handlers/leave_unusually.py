"""The other two ways out: into another team's care, or against advice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.leaving import leave_against_advice, transfer
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import open_task


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferClient:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLeftAgainstAdvice:
    session_id: UUID
    capacity_assessed: bool
    escort_present: bool
    at: datetime | None = None


async def transfer_client(command: TransferClient, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    left_at = _left_at(session, command.at, uow)
    change = transfer(session, left_at=left_at, at=uow.now, by=Role(uow.actor.role))
    return await keep(uow, change)


async def record_left_against_advice(command: RecordLeftAgainstAdvice, uow: UnitOfWork) -> Session:
    """Recorded at once, by one; a second person countersigns (INV-40)."""
    session = await uow.sessions.get(command.session_id)
    change = leave_against_advice(
        session,
        left_at=_left_at(session, command.at, uow),
        capacity_assessed=command.capacity_assessed,
        escort_present=command.escort_present,
        at=uow.now,
        by=Role(uow.actor.role),
    )
    kept = await keep(uow, change)
    await open_task(
        uow,
        TaskKind.COUNTERSIGN_LEFT_AGAINST_ADVICE,
        cause=kept.id,
        client_id=kept.client_id,
        course_id=kept.course_id,
        session_id=kept.id,
    )
    return kept


def _left_at(session: Session, stated: datetime | None, uow: UnitOfWork) -> datetime:
    """Nobody left before the end of the therapy, or before the last dose."""
    ended_at = session.end.at if session.end else None
    earliest = max((t for t in (ended_at, session.doses.last_at) if t), default=None)
    return stated_time(stated, uow.now, what="leaving", not_before=earliest)
