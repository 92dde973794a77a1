"""Move, cancel, or note as missed: what happens to a booking before its start."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.booking import cancel, miss, reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.handlers.book_session import decide_on
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Peers, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession:
    session_id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSession:
    session_id: UUID
    by_role: Role
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissSession:
    session_id: UUID


async def reschedule_session(command: RescheduleSession, begin: Begin, peers: Peers) -> Session:
    """The new time goes through G-BOOK like a new booking; a refusal's receipt is kept."""
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        change = reschedule(
            session,
            starts_at=command.starts_at,
            at=uow.now,
            by=Role(uow.actor.role),
            zone=uow.timezone,
        )
        facts = await known_of(uow, session.course_id, session.client_id)
        decision = await decide_on(uow, change.state, facts)
        await uow.receipts.record(
            decision,
            subject_id=session.id,
            client_id=session.client_id,
            course_id=session.course_id,
            freshness=await uow.freshness(session.client_id),
        )
        if decision.allowed:
            session = await keep(uow, change)
            await uow.conclude(session)
    decision.require()
    return session


async def cancel_session(command: CancelSession, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    return await keep(uow, cancel(session, at=uow.now, by=command.by_role, because=command.because))


async def miss_session(command: MissSession, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    return await keep(uow, miss(session, at=uow.now, by=Role(uow.actor.role)))
