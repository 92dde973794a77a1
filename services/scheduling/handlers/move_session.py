"""Move, cancel, or note as missed: what happens to a booking before its start."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.booking import cancel, miss
from services.scheduling.domain.gates import decide_booking
from services.scheduling.domain.rearranging import reassign, reschedule
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.handlers.book_session import preview_on, proposal_of
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Change, Decision, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession:
    """What is left out stays as it is."""

    session_id: UUID
    starts_at: datetime | None = None
    block_minutes: int | None = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    supervisor_ref: UUID | None = None
    attendant_ref: UUID | None = None


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
        change = rearranged(session, command, uow)
        facts = await known_of(uow, session.course_id, session.client_id)
        proposal = await proposal_of(uow, change.state, facts)
        decision = decide_booking(proposal)
        await uow.receipts.record(
            decision,
            proposal,
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


async def preview_rescheduling(command: RescheduleSession, uow: UnitOfWork) -> Decision:
    """What G-BOOK would say of the session as it would be; nothing is moved."""
    session = await uow.sessions.get(command.session_id)
    facts = await known_of(uow, session.course_id, session.client_id)
    return await preview_on(uow, rearranged(session, command, uow).state, facts)


def rearranged(session: Session, command: RescheduleSession, uow: UnitOfWork) -> SessionChange:
    """The session as it would be. Only a new time or therapist is a new booking for the others."""
    starts_at = command.starts_at or session.starts_at
    block = session.planned_end_at - session.starts_at
    if command.block_minutes is not None:
        block = timedelta(minutes=command.block_minutes)
    therapist = command.therapist_ref or session.therapist_ref
    change: SessionChange = Change(session)
    if (starts_at, starts_at + block, therapist) != (
        session.starts_at,
        session.planned_end_at,
        session.therapist_ref,
    ):
        change = change.then(
            lambda s: reschedule(
                s,
                starts_at=starts_at,
                block=block,
                therapist_ref=therapist,
                at=uow.now,
                by=Role(uow.actor.role),
                zone=uow.timezone,
            )
        )
    change = change.then(
        lambda s: reassign(
            s,
            room_id=command.room_id,
            supervisor_ref=command.supervisor_ref,
            attendant_ref=command.attendant_ref,
        )
    )
    if change.state == session:
        refuse("nothing-changes", "6.3", session_id=str(session.id))
    return change


async def cancel_session(command: CancelSession, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    return await keep(uow, cancel(session, at=uow.now, by=command.by_role, because=command.because))


async def miss_session(command: MissSession, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    return await keep(uow, miss(session, at=uow.now, by=Role(uow.actor.role)))
