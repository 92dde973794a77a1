"""The door: discharge, transfer, walking out. Nothing else ends an observation (INV-20)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.events import (
    ClientDischarged,
    DischargeMode,
    LeftAgainstAdvice,
    Outcome,
)
from services.scheduling.domain.left_against_advice import Capacity, Circumstances
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Leaving, Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus, Trigger
from services.scheduling.domain.therapy import end_therapy
from shared.decisions import Change, Unblock, refuse


def clear(session: Session, *, at: datetime) -> SessionChange:
    """A clearance that covers every dose seen is there."""
    return Change(session.moved(Trigger.CLEAR, at, Role.SYSTEM))


def unclear(session: Session, *, at: datetime) -> SessionChange:
    """The clearance was rescinded, ran out, or does not cover the last dose (INV-21, 23)."""
    return Change(replace(session.moved(Trigger.UNCLEAR, at, Role.SYSTEM), gate_id=None))


def begin_discharge(session: Session, *, gate_id: UUID, at: datetime, by: Role) -> SessionChange:
    """Show that a discharge is being decided, before prescribing is asked (ruling 6)."""
    if session.status is SessionStatus.DISCHARGING:
        refuse(
            "discharge-being-decided",
            "ruling 6",
            Unblock(fact="decision", owner="scheduling", action="wait, a minute at most"),
            session_id=str(session.id),
        )
    return Change(replace(session.moved(Trigger.BEGIN_DISCHARGE, at, by), gate_id=gate_id))


def return_to_clearable(
    session: Session, *, gate_id: UUID, at: datetime, by: Role
) -> SessionChange:
    if session.status is not SessionStatus.DISCHARGING or session.gate_id != gate_id:
        return Change(session)
    return Change(replace(session.moved(Trigger.RETURN_TO_CLEARABLE, at, by), gate_id=None))


def discharge(
    session: Session,
    *,
    clearance_id: UUID,
    escort_id: UUID,
    open_items: tuple[str, ...],
    left_at: datetime,
    at: datetime,
    by: Role,
) -> SessionChange:
    """Out of the door with clearance and escort (F88, F89); room and therapist are free."""
    leaving = Leaving(
        at=left_at,
        mode=DischargeMode.STANDARD,
        clearance_id=clearance_id,
        escort_id=escort_id,
        open_items=open_items,
    )
    gone = replace(session.moved(Trigger.DISCHARGE, at, by), gate_id=None, leaving=leaving)
    left = ClientDischarged(
        at=left_at,
        session_id=session.id,
        mode=DischargeMode.STANDARD,
        clearance_id=clearance_id,
        escort_id=escort_id,
    )
    return Change(gone, (left,))


def transfer(session: Session, *, left_at: datetime, at: datetime, by: Role) -> SessionChange:
    """Into another team's care, at once; the therapy ends with it if it had not (ruling 14)."""

    def hand_over(ended: Session) -> SessionChange:
        leaving = Leaving(at=left_at, mode=DischargeMode.TRANSFER)
        gone = replace(ended.moved(Trigger.TRANSFER, at, by), gate_id=None, leaving=leaving)
        left = ClientDischarged(at=left_at, session_id=session.id, mode=DischargeMode.TRANSFER)
        return Change(gone, (left,))

    return _therapy_over(session, Outcome.ENDED_BY_CLINICIAN, left_at, at, by).then(hand_over)


def leave_against_advice(
    session: Session,
    *,
    left_at: datetime,
    circumstances: Circumstances,
    at: datetime,
    by: Role,
) -> SessionChange:
    """The client walks out. Never a discharge, never prevented (C-10); recorded as it was."""
    assessed = circumstances.capacity is not Capacity.NOT_ASSESSED

    def walk_out(ended: Session) -> SessionChange:
        leaving = Leaving(
            at=left_at,
            mode=None,
            circumstances=circumstances,
        )
        gone = replace(ended.moved(Trigger.WALK_OUT, at, by), gate_id=None, leaving=leaving)
        left = LeftAgainstAdvice(
            at=left_at,
            session_id=session.id,
            capacity_assessed=assessed,
            escort_present=circumstances.escort_present,
        )
        return Change(gone, (left,))

    return _therapy_over(session, Outcome.ENDED_BY_CLIENT, left_at, at, by).then(walk_out)


def _therapy_over(
    session: Session, outcome: Outcome, ended_at: datetime, now: datetime, by: Role
) -> SessionChange:
    if session.status is not SessionStatus.DOSED:
        return Change(session)
    return end_therapy(session, ended_at=ended_at, outcome=outcome, now=now, by=by)
