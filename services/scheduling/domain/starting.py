"""The start: the flag goes up first, then the peers are asked, then it is decided (ruling 7)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.events import DosingSessionStarted
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase, Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus, Trigger
from shared.decisions import Change, Unblock, refuse


def raise_ready(session: Session, *, gate_id: UUID, at: datetime, by: Role) -> SessionChange:
    """Show everybody who closes, revokes or cancels that a start is being decided."""
    if session.status is SessionStatus.READY:
        refuse(
            "start-being-decided",
            "ruling 7",
            Unblock(fact="decision", owner="scheduling", action="wait, a minute at most"),
            session_id=str(session.id),
        )
    return Change(replace(session.moved(Trigger.RAISE_READY, at, by), gate_id=gate_id))


def lower_ready(session: Session, *, gate_id: UUID, at: datetime, by: Role) -> SessionChange:
    """Back to the waiting room; nothing happens when another decision took over meanwhile."""
    if not deciding(session, SessionStatus.READY, gate_id):
        return Change(session)
    return Change(replace(session.moved(Trigger.LOWER_READY, at, by), gate_id=None))


def deciding(session: Session, status: SessionStatus, gate_id: UUID) -> bool:
    """Whether this very decision is still the one that is awaited."""
    return session.status is status and session.gate_id == gate_id


def start_dosing(
    session: Session,
    *,
    assent_id: UUID,
    supervisor_ref: UUID,
    dose_order_id: UUID,
    at: datetime,
    by: Role,
) -> SessionChange:
    """G-START allowed it: the assent is used, the order is the one that this session closes on."""
    gate_id = session.gate_id
    if gate_id is None:
        refuse("start-not-decided", "ruling 7", session_id=str(session.id))
    started = replace(
        session.moved(Trigger.START, at, by, phase=Phase.OPENING),
        gate_id=None,
        assent=session.assent.used(),
        started_at=at,
        supervisor_ref=supervisor_ref,
        dose_order_id=dose_order_id,
    )
    return Change(
        started,
        (
            DosingSessionStarted(
                at=at,
                session_id=session.id,
                gate_id=gate_id,
                assent_id=assent_id,
                supervisor_ref=supervisor_ref,
            ),
        ),
    )


def start_talk(session: Session, *, at: datetime, by: Role) -> SessionChange:
    return Change(replace(session.moved(Trigger.START, at, by), started_at=at))
