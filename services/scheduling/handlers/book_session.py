"""Book a session: G-BOOK decides, the database keeps the promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.booking import book
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.escorting import confirm_escort
from services.scheduling.domain.gates import Proposal, decide_booking
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from services.scheduling.handlers.confirm_escort import NewEscort, keep_contact
from services.scheduling.handlers.considering import booking_facts, registered_course
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Decision, Unblock, refuse
from shared.storage import NotFound

_GONE_BY = frozenset({SessionStatus.CANCELLED, SessionStatus.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSession:
    """Without a therapist the course's own is meant, without a length the protocol's."""

    course_id: UUID
    kind: SessionKind
    setting: Setting
    starts_at: datetime
    block_minutes: int | None = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    supervisor_ref: UUID | None = None
    attendant_ref: UUID | None = None
    escort: NewEscort | None = None


async def book_session(command: BookSession, begin: Begin, peers: Peers) -> Session:
    """Decides on local facts: nobody is asked. A refusal's receipt is kept."""
    async with begin() as uow:
        facts = await registered_course(uow, command.course_id)
        change = await _proposed(uow, command, facts)
        proposal = await proposal_of(uow, change.state, facts)
        decision = decide_booking(proposal)
        if decision.allowed:
            await _receipt(uow, decision, proposal, change.state.id)
            session = await keep(uow, change)
            await keep_contact(uow, session, command.escort)
            await uow.conclude(session)
        else:
            await _receipt(uow, decision, proposal, command.course_id)
    decision.require()
    return session


async def proposal_of(uow: UnitOfWork, session: Session, facts: CourseFacts) -> Proposal:
    """What G-BOOK decides by: the session that is to be booked, or moved, as it would then be."""
    booking = await _known(uow, session, facts)
    clashes = await uow.resources.clashes(session)
    return Proposal(booking=booking, clashes=clashes)


async def preview_booking(command: BookSession, uow: UnitOfWork) -> Decision:
    """What G-BOOK would say now. Nothing is promised, and nobody waits for it."""
    facts = await registered_course(uow, command.course_id)
    return await preview_on(uow, (await _proposed(uow, command, facts)).state, facts)


async def preview_on(uow: UnitOfWork, session: Session, facts: CourseFacts) -> Decision:
    """The same for a session as it would be."""
    booking = await _known(uow, session, facts)
    clashes = await uow.resources.seen_clashes(session)
    return decide_booking(Proposal(booking=booking, clashes=clashes))


async def _known(uow: UnitOfWork, session: Session, facts: CourseFacts) -> BookingFacts:
    booking = await booking_facts(uow, session, facts)
    if session.room_id is not None and booking.room is None:
        raise NotFound("room", session.room_id)
    return booking


async def _receipt(
    uow: UnitOfWork, decision: Decision, proposal: Proposal, subject_id: UUID
) -> None:
    facts = proposal.booking.facts
    await uow.receipts.record(
        decision,
        proposal,
        subject_id=subject_id,
        client_id=facts.client_id,
        course_id=facts.id,
        freshness=await uow.freshness(facts.client_id),
    )


async def _proposed(uow: UnitOfWork, command: BookSession, facts: CourseFacts) -> SessionChange:
    dosing = command.kind is SessionKind.DOSING
    protocol = await uow.protocol_of(facts.id)
    minutes = command.block_minutes or (
        protocol.dosing.block_minutes.default if dosing else protocol.talk_sessions.block_minutes
    )
    buffer = protocol.dosing.overrun_buffer_minutes if dosing else 0
    everything = await uow.sessions.list_by(client_id=facts.client_id)
    by = Role(uow.actor.role)
    change = book(
        session_id=uow.new_id(),
        client_id=facts.client_id,
        course_id=facts.id,
        kind=command.kind,
        kind_no=_next_number(everything, command),
        setting=command.setting,
        starts_at=command.starts_at,
        block=timedelta(minutes=minutes),
        buffer=timedelta(minutes=buffer),
        therapist_ref=_therapist(command, facts),
        supervisor_ref=command.supervisor_ref,
        attendant_ref=command.attendant_ref,
        room_id=command.room_id,
        at=uow.now,
        by=by,
    )
    escort = command.escort
    if escort is None:
        return change
    return change.then(
        lambda s: confirm_escort(
            s,
            escort_id=uow.new_id(),
            adult=escort.adult,
            rideshare=escort.rideshare,
            rideshare_alone=protocol.escort.rideshare_alone,
            at=uow.now,
        )
    )


def _therapist(command: BookSession, facts: CourseFacts) -> UUID:
    """F53: the course's own therapist unless another is named."""
    team = facts.care_team.told
    therapist = command.therapist_ref or (team.value.therapist_ref if team else None)
    if therapist is None:
        refuse(
            "therapist-not-named",
            "F53",
            Unblock(fact="care team", owner="intake", action="assign a therapist"),
        )
    return therapist


def _next_number(sessions: Iterable[Session], command: BookSession) -> int:
    """The smallest number of its kind in the course that no standing session has."""
    taken = {
        s.kind_no
        for s in sessions
        if s.course_id == command.course_id and s.kind is command.kind and s.status not in _GONE_BY
    }
    return next(number for number in range(1, len(taken) + 2) if number not in taken)
