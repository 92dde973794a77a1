"""Who takes the client home: promised, fallen through, at the clinic (F89)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinic_time import same_local_day
from services.scheduling.domain.escort import STEPS, Escort, EscortStatus, EscortStep
from services.scheduling.domain.events import EscortArrived, EscortCancelled, EscortConfirmed
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from shared.decisions import Change, Unblock, refuse

_NOT_THERE_YET: Final = frozenset({SessionStatus.SCHEDULED, SessionStatus.BLOCKED})
_ANOTHER: Final = Unblock(fact="escort", owner="scheduling", action="name a trusted adult anew")


def confirm_escort(
    session: Session,
    *,
    escort_id: UUID,
    adult: bool,
    rideshare: bool,
    rideshare_alone: bool,
    at: datetime,
) -> SessionChange:
    """A trusted adult promises to come. A rideshare alone is none, unless the clinic says so."""
    if session.over:
        refuse("session-is-over", "F89", status=session.status.value)
    if not adult:
        refuse("escort-not-an-adult", "F89", _ANOTHER, adult=False)
    if rideshare and not rideshare_alone:
        refuse("rideshare-is-no-escort", "clinical 9.3", _ANOTHER, rideshare=True)
    escort = Escort(
        id=escort_id,
        status=EscortStatus.CONFIRMED,
        schedule_version=session.schedule_version,
        confirmed_at=at,
        rideshare=rideshare,
    )
    confirmed = EscortConfirmed(at=at, session_id=session.id, escort_id=escort_id)
    return Change(replace(session, escorts=(*session.escorts, escort)), (confirmed,))


def cancel_escort(session: Session, escort_id: UUID, *, at: datetime) -> SessionChange:
    """It fell through, for good; told once."""
    escort = _assigned(session, escort_id)
    STEPS.need(escort.status, EscortStep.CANCEL, _ANOTHER, escort_id=str(escort_id))
    if session.over:
        refuse("session-is-over", "F89", status=session.status.value)
    cancelled = replace(escort, status=EscortStatus.CANCELLED, cancelled_at=at)
    return Change(
        _with(session, cancelled),
        (EscortCancelled(at=at, session_id=session.id, escort_id=escort_id),),
    )


def escort_arrived(
    session: Session, escort_id: UUID, *, arrived_at: datetime, identity_matched: bool
) -> SessionChange:
    """Somebody stands at the desk; whether it is the one who was named is said, not assumed.

    The others hear of an arrival once it is known that it is: who waits for the escort may not stop
    because a stranger came (INV-24).
    """
    escort = _assigned(session, escort_id)
    STEPS.need(escort.status, EscortStep.ARRIVE, _ANOTHER, escort_id=str(escort_id))
    if session.over:
        refuse("session-is-over", "F89", status=session.status.value)
    if session.status in _NOT_THERE_YET:
        refuse(
            "client-not-here-yet",
            "INV-24",
            Unblock(fact="check-in", owner="scheduling", action="check the client in first"),
            status=session.status.value,
        )
    arrived = replace(
        escort,
        status=EscortStatus.ARRIVED,
        arrived_at=escort.arrived_at or arrived_at,
        seen_at=max(arrived_at, escort.last_seen or arrived_at),
        identity_matched=escort.identity_matched or identity_matched,
    )
    first = arrived.identity_matched and not escort.identity_matched
    told = EscortArrived(at=arrived_at, session_id=session.id, escort_id=escort_id)
    return Change(_with(session, arrived), (told,) if first else ())


def escort_due_at(session: Session, patience: timedelta, zone: ZoneInfo) -> datetime | None:
    """By when somebody else must be promised after one fell through, else there is no dose today.

    On the day itself the clinic waits so many minutes (ruling 17); for a later day, until then.
    """
    waiting = session.before_start or (session.therapy_running and not session.doses.count)
    if not session.dosing or not waiting or session.escort_confirmed:
        return None
    fell_through = [
        e.cancelled_at
        for e in session.escorts
        if e.cancelled_at is not None and e.schedule_version == session.schedule_version
    ]
    if not fell_through:
        return None
    latest = max(fell_through)
    if same_local_day(latest, session.starts_at, zone) or latest > session.starts_at:
        return latest + patience
    return session.starts_at


def _assigned(session: Session, escort_id: UUID) -> Escort:
    found = next((escort for escort in session.escorts if escort.id == escort_id), None)
    if found is None:
        refuse("escort-of-another-session", "INV-24", _ANOTHER, escort_id=str(escort_id))
    return found


def _with(session: Session, escort: Escort) -> Session:
    return replace(
        session, escorts=tuple(escort if e.id == escort.id else e for e in session.escorts)
    )
