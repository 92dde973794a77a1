"""What scheduling answers when others ask: its own committed state, and nothing it heard."""

from careteam_contracts import enums as words
from careteam_contracts.details import EscortContact, EscortContactAsk
from careteam_contracts.enums import KeepsClient, Service
from careteam_contracts.erasing import ErasureAnswer, ErasureAsk
from careteam_contracts.questions import ERASURE, ESCORT_CONTACT, SCHEDULING_STANDING
from careteam_contracts.standing import (
    EscortStanding,
    OpenHold,
    OpenSession,
    SchedulingStanding,
    SessionStanding,
    StandingAsk,
)
from services.scheduling.domain.desk_task import TaskStatus
from services.scheduling.domain.hold import Hold, HoldStatus
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork
from shared.messaging import AnswerTable, erasure_answer

# Ruling 7: from ready to clearable, or aborted and not closed.
_KEEPS_A_COURSE_OPEN = frozenset(
    {
        SessionStatus.READY,
        SessionStatus.IN_PROGRESS,
        SessionStatus.DOSED,
        SessionStatus.THERAPY_ENDED,
        SessionStatus.RECOVERING,
        SessionStatus.CLEARABLE,
        SessionStatus.DISCHARGING,
        SessionStatus.ABORTED,
    }
)


async def standing(ask: StandingAsk, uow: SqlSchedulingUnitOfWork) -> SchedulingStanding:
    """The session asked about, and what of the course must end before it may close."""
    client_id = await uow.client_of(ask.course_id)
    if client_id is None:
        return SchedulingStanding(
            known=False,
            unverifiable=False,
            answered_at=uow.now,
            protocol_version=(await uow.pin_of(None)).version,
        )
    pin = await uow.pin_of(ask.course_id)
    await uow.lock_client(client_id)
    of_course = await uow.sessions.list_by(course_id=ask.course_id)
    asked = next((s for s in of_course if s.id == ask.session_id), None)
    preparation = await uow.preparations.find_by(course_id=ask.course_id)
    holds = await uow.own_holds.list_by(course_id=ask.course_id, status=HoldStatus.OPEN.value)
    freshness = await uow.freshness(client_id)
    return SchedulingStanding(
        known=True,
        unverifiable=any(known.parked for known in freshness.values()),
        answered_at=uow.now,
        protocol_version=pin.version,
        protocol_digest=pin.digest,
        open_holds=tuple(_hold(hold) for hold in holds),
        session=_session(asked) if asked else None,
        open_sessions=tuple(_open(s) for s in of_course if _keeps_open(s)),
        preparation_completed=preparation is not None and preparation.completed_at is not None,
    )


def _keeps_open(session: Session) -> bool:
    return session.kind is SessionKind.DOSING and session.status in _KEEPS_A_COURSE_OPEN


def _open(session: Session) -> OpenSession:
    return OpenSession(
        session_id=session.id,
        kind=words.SessionKind(session.kind),
        status=words.SessionStatus(session.status),
    )


def _hold(hold: Hold) -> OpenHold:
    return OpenHold(
        hold_id=hold.id,
        hold_category=words.HoldCategory(hold.category),
        blocks=tuple(words.HoldBlock(block) for block in hold.blocks),
        severity=words.HoldSeverity(hold.severity),
        placed_at=hold.placed_at,
        session_id=hold.session_id,
    )


def _session(session: Session) -> SessionStanding:
    return SessionStanding(
        session_id=session.id,
        kind=words.SessionKind(session.kind),
        status=words.SessionStatus(session.status),
        starts_at=session.starts_at,
        planned_end_at=session.planned_end_at,
        schedule_version=session.schedule_version,
        in_progress=session.therapy_running,
        stopped=session.stop is not None,
        doses_seen=session.doses.count,
        started_at=session.started_at,
        therapy_ended=session.end is not None,
        ended_at=session.end.at if session.end else None,
        outcome=words.SessionOutcome(session.end.outcome) if session.end else None,
        escort=_escort(session),
    )


def _escort(session: Session) -> EscortStanding | None:
    """The assignment that stands for the present booking; one for another day is none."""
    escort = session.escort
    if escort is None:
        return None
    if escort.open and escort.schedule_version != session.schedule_version:
        return None
    return EscortStanding(
        escort_id=escort.id,
        status=words.EscortStatus(escort.status),
        identity_matched=escort.identity_matched,
    )


async def contact(ask: EscortContactAsk, uow: SqlSchedulingUnitOfWork) -> EscortContact:
    """How the escort is reached: a detail answer, audited with whoever asks (ruling 1)."""
    await uow.lock_client(ask.client_id)
    session = await uow.sessions.find(ask.session_id)
    if session is None or session.client_id != ask.client_id:
        return EscortContact(known=False)
    escort_id = ask.escort_id or (
        session.escort.id if session.escort_confirmed and session.escort else None
    )
    known = await uow.escort_contacts.find(escort_id) if escort_id else None
    if known is None or known.session_id != session.id:
        return EscortContact(known=False)
    uow.told(
        "escort_contact",
        client_id=ask.client_id,
        role=ask.actor_role.value,
        ref=ask.actor_ref,
        target=known.id,
    )
    return EscortContact(
        known=True,
        escort_id=known.id,
        name=known.name,
        phone=known.phone,
        relationship=known.relationship,
    )


async def erasure(ask: ErasureAsk, uow: SqlSchedulingUnitOfWork) -> ErasureAnswer:
    """What of the client is not over here: sessions of any kind, holds, tasks."""
    client_id = ask.client_id
    sessions = await uow.sessions.list_by(client_id=client_id)
    return await erasure_answer(
        uow,
        client_id,
        {
            KeepsClient.SESSION: any(not session.over for session in sessions),
            KeepsClient.HOLD: bool(
                await uow.own_holds.list_by(client_id=client_id, status=HoldStatus.OPEN.value)
            ),
            KeepsClient.OWED: bool(
                await uow.tasks.list_by(client_id=client_id, status=TaskStatus.OPEN.value)
            ),
        },
    )


ANSWERS: AnswerTable = {
    SCHEDULING_STANDING: standing,
    ESCORT_CONTACT: contact,
    ERASURE[Service.SCHEDULING]: erasure,
}
