"""The other two ways out: into another team's care, or against advice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.leaving import leave_against_advice, transfer
from services.scheduling.domain.left_against_advice import (
    Capacity,
    Circumstances,
    LeavingReason,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import open_task
from shared.decisions import Unblock, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferClient:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLeftAgainstAdvice:
    session_id: UUID
    capacity: Capacity
    escort_present: bool
    reason: LeavingReason = LeavingReason.NOT_STATED
    witness_ref: UUID | None = None
    at: datetime | None = None


async def transfer_client(command: TransferClient, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    left_at = _left_at(session, command.at, uow)
    change = transfer(session, left_at=left_at, at=uow.now, by=Role(uow.actor.role))
    return await keep(uow, change)


async def record_left_against_advice(command: RecordLeftAgainstAdvice, uow: UnitOfWork) -> Session:
    """Recorded at once, by one; a second person is named, or countersigns (INV-40)."""
    session = await uow.sessions.get(command.session_id)
    if command.witness_ref is not None:
        await _somebody_else(uow, command.witness_ref)
    change = leave_against_advice(
        session,
        left_at=_left_at(session, command.at, uow),
        circumstances=Circumstances(
            capacity=command.capacity,
            escort_present=command.escort_present,
            reason=command.reason,
            recorded_by=uow.actor.ref,
            witness=command.witness_ref,
        ),
        at=uow.now,
        by=Role(uow.actor.role),
    )
    kept = await keep(uow, change)
    if command.witness_ref is None:
        await open_task(
            uow,
            TaskKind.COUNTERSIGN_LEFT_AGAINST_ADVICE,
            cause=kept.id,
            client_id=kept.client_id,
            course_id=kept.course_id,
            session_id=kept.id,
        )
    return kept


async def _somebody_else(uow: UnitOfWork, witness: UUID) -> None:
    """A witness is another person, whom the roster knows."""
    known = await uow.clinicians.find(witness) is not None
    if witness == uow.actor.ref or not known:
        refuse(
            "second-person-needed",
            "INV-40",
            Unblock(
                fact="witness_ref",
                owner="scheduling",
                action="name somebody else of the roster, or leave it out and countersign",
            ),
            witness_ref=str(witness),
            known=known,
        )


def _left_at(session: Session, stated: datetime | None, uow: UnitOfWork) -> datetime:
    """Nobody left before the end of the therapy, or before the last dose."""
    ended_at = session.end.at if session.end else None
    earliest = max((t for t in (ended_at, session.doses.last_at) if t), default=None)
    return stated_time(stated, uow.now, what="leaving", not_before=earliest)
