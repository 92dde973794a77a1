"""The client arrives, hears how it will go, and says yes or no to today."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.assent import Assent, AssentStatus
from services.scheduling.domain.clinic_time import local_day, same_local_day
from services.scheduling.domain.events import ClientCheckedIn
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus, Trigger
from shared.decisions import Change, Unblock, refuse


def check_in(session: Session, *, at: datetime, by: Role, zone: ZoneInfo) -> SessionChange:
    """The client is here, on the day of the booking."""
    if session.status is SessionStatus.BLOCKED:
        refuse(
            "booking-is-blocked",
            "ruling 23",
            Unblock(fact=", ".join(session.blocked_by), owner="scheduling", action="resolve"),
            session_id=str(session.id),
            blocked_by=session.blocked_by,
        )
    arrived = session.moved(Trigger.CHECK_IN, at, by)
    if not same_local_day(at, session.starts_at, zone):
        refuse(
            "booked-for-another-day",
            "INV-5",
            Unblock(fact="starts_at", owner="scheduling", action="reschedule"),
            booked_for=local_day(session.starts_at, zone).isoformat(),
            today=local_day(at, zone).isoformat(),
        )
    arrived = replace(arrived, checked_in_at=at)
    return Change(arrived, (ClientCheckedIn(at=at, session_id=session.id),))


def record_assent(
    session: Session,
    *,
    assent_id: UUID,
    at: datetime,
    explained: bool,
    given: bool,
    valid: timedelta,
) -> SessionChange:
    """Today's answer, after today's explanation (F40). A refusal needs no reason (F39)."""
    if session.status is not SessionStatus.CHECKED_IN:
        refuse(
            "client-not-checked-in",
            "F40",
            Unblock(fact="check-in", owner="scheduling", action="check the client in first"),
            status=session.status.value,
        )
    if given and not explained:
        refuse(
            "process-not-explained",
            "F40",
            Unblock(fact="explanation", owner="scheduling", action="explain today, then ask"),
            process_explained=False,
        )
    status = AssentStatus.GIVEN if given else AssentStatus.REFUSED
    assent = Assent(id=assent_id, status=status, at=at, valid_until=at + valid)
    return Change(replace(session, assent=session.assent.answered(assent)))
