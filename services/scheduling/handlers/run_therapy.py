"""While a session runs: phases, stop, end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.events import Outcome
from services.scheduling.domain.preparation import Preparation, count_session
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.domain.therapy import end_therapy, enter_phase, request_stop
from services.scheduling.handlers.keeping import follow_client, keep
from services.scheduling.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPhase:
    session_id: UUID
    phase: Phase
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSession:
    session_id: UUID
    by_role: Role
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    session_id: UUID
    ended_at: datetime | None = None
    outcome: Outcome | None = None


async def enter_next_phase(command: EnterPhase, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    at = stated_time(command.at, uow.now, what="phase", not_before=session.started_at)
    by = Role(uow.actor.role)
    return await keep(uow, enter_phase(session, command.phase, at=at, by=by))


async def stop_session(command: StopSession, uow: UnitOfWork) -> Session:
    """One step, asking nobody, whoever is down (INV-19); not even for a time that cannot be."""
    session = await uow.sessions.get(command.session_id)
    said_at = min(max(command.at or uow.now, session.started_at or uow.now), uow.now)
    change = request_stop(session, by_role=command.by_role, at=said_at, now=uow.now)
    return await keep(uow, change)


async def end_session(command: EndSession, uow: UnitOfWork) -> Session:
    """The therapist says when the therapy part was over; a talk is completed by it."""
    session = await uow.sessions.get(command.session_id)
    ended_at = stated_time(command.ended_at, uow.now, what="end", not_before=session.started_at)
    change = end_therapy(
        session,
        ended_at=ended_at,
        outcome=command.outcome,
        now=uow.now,
        by=Role(uow.actor.role),
    )
    kept = await keep(uow, change)
    if kept.kind is SessionKind.PREP and kept.status is SessionStatus.COMPLETED:
        await _count(uow, kept)
    return kept


async def _count(uow: UnitOfWork, session: Session) -> None:
    """A preparation session counts as held, once (INV-4)."""
    if session.end is None or session.end.outcome is not Outcome.COMPLETED:
        return
    preparation = await preparation_of(uow, session.client_id, session.course_id)
    protocol = await uow.protocol_of(session.course_id)
    change = count_session(
        preparation,
        session_id=session.id,
        therapist_ref=session.therapist_ref,
        rules=protocol.prep,
        at=session.end.at,
    )
    await uow.preparations.save(change)
    await follow_client(uow, session.client_id)


async def preparation_of(uow: UnitOfWork, client_id: UUID, course_id: UUID) -> Preparation:
    """The course's preparation; the first touch begins it."""
    known = await uow.preparations.find_by(course_id=course_id)
    return known or Preparation(id=uow.new_id(), client_id=client_id, course_id=course_id)
