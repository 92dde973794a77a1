"""Booking, cancelling, missing; and standing by while a booking may not be kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.events import (
    SessionCancelled,
    SessionMissed,
    SessionScheduled,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Passage, Session, SessionChange
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting, Trigger
from shared.decisions import Change, Unblock, refuse


def book(
    *,
    session_id: UUID,
    client_id: UUID,
    course_id: UUID,
    kind: SessionKind,
    kind_no: int,
    setting: Setting,
    starts_at: datetime,
    block: timedelta,
    buffer: timedelta,
    therapist_ref: UUID,
    supervisor_ref: UUID | None,
    room_id: UUID | None,
    attendant_ref: UUID | None = None,
    at: datetime,
    by: Role,
) -> SessionChange:
    """A new booking. Its end is so many minutes later, whatever the wall clock does (C-01)."""
    session = Session(
        id=session_id,
        client_id=client_id,
        course_id=course_id,
        kind=kind,
        kind_no=kind_no,
        setting=setting,
        status=SessionStatus.SCHEDULED,
        starts_at=starts_at,
        planned_end_at=starts_at + block,
        buffer_minutes=int(buffer.total_seconds() // 60),
        therapist_ref=therapist_ref,
        supervisor_ref=supervisor_ref,
        attendant_ref=attendant_ref,
        room_id=room_id,
        passages=(Passage(at=at, status=SessionStatus.SCHEDULED, by=by),),
    )
    return Change(
        session,
        (
            SessionScheduled(
                at=at,
                session_id=session_id,
                kind=kind,
                kind_no=kind_no,
                starts_at=starts_at,
                planned_end_at=session.planned_end_at,
                setting=setting,
                therapist_ref=therapist_ref,
            ),
        ),
    )


def cancel(
    session: Session, *, at: datetime, by: Role, because: str | None = None
) -> SessionChange:
    """Before the start only: what is running is stopped or ended instead. Why stays here."""
    moved = session.moved(Trigger.CANCEL, at, by)
    cancelled = replace(moved, gate_id=None, blocked_by=(), cancelled_for=because)
    return Change(cancelled, (SessionCancelled(at=at, session_id=session.id, by_role=by),))


def miss(session: Session, *, at: datetime, by: Role) -> SessionChange:
    """The client did not come; known only once the time has come."""
    if at < session.starts_at:
        refuse(
            "not-yet-missed",
            "6.3",
            Unblock(fact="starts_at", owner="scheduling", action="wait until it has begun"),
            starts_at=session.starts_at.isoformat(),
            now=at.isoformat(),
        )
    missed = replace(session.moved(Trigger.MISS, at, by), blocked_by=())
    return Change(missed, (SessionMissed(at=at, session_id=session.id),))


def block(session: Session, reasons: tuple[str, ...], *, at: datetime) -> SessionChange:
    """Keep the time, not the promise: the booking waits for what is missing (INV-16, ruling 23)."""
    if session.status is SessionStatus.BLOCKED:
        return Change(replace(session, blocked_by=reasons))
    blocked = session.moved(Trigger.BLOCK, at, Role.SYSTEM)
    return Change(replace(blocked, blocked_by=reasons))


def unblock(session: Session, *, at: datetime) -> SessionChange:
    return Change(replace(session.moved(Trigger.UNBLOCK, at, Role.SYSTEM), blocked_by=()))
