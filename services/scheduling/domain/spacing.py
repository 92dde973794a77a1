"""How close dosing sessions of one client may be (INV-16)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus

WEEK: Final = timedelta(days=7)


def dosed_or_due(sessions: Iterable[Session], *, besides: UUID | None) -> tuple[datetime, ...]:
    """When the client's other dosing sessions were, or are to be, dosed."""
    return tuple(
        session.doses.first_at or session.started_at or session.starts_at
        for session in sessions
        if session.dosing
        and session.id != besides
        and (session.doses.count or not _undosed(session))
    )


def _undosed(session: Session) -> bool:
    """Over, or about to be over, without a dose."""
    return session.over or session.status is SessionStatus.ABORTED


def most_in_seven_days(at: datetime, others: Iterable[datetime]) -> int:
    """The most doses in any rolling seven days that hold this moment, this one included.

    Seven days are 168 hours: exactly a week apart is no longer within.
    """
    near = sorted(other for other in (*others, at) if abs(other - at) < WEEK)
    return max(
        sum(1 for other in near if first <= other < first + WEEK)
        for first in near
        if first <= at < first + WEEK
    )


def first_possible(at: datetime, others: Iterable[datetime], allowed: int) -> datetime:
    """The first moment from ``at`` on at which one more dose makes no more than allowed."""
    known = tuple(others)
    later = sorted(other + WEEK for other in known if other + WEEK > at)
    return next(
        moment for moment in (at, *later) if most_in_seven_days(moment, known) <= max(allowed, 1)
    )


def last_dosed(sessions: Iterable[Session], *, before: datetime, besides: UUID) -> Session | None:
    """The latest other session with a dose, up to a moment."""
    dosed = [
        s
        for s in sessions
        if s.dosing and s.id != besides and s.doses.count and _dosed_at(s) <= before
    ]
    return max(dosed, key=_dosed_at, default=None)


def _dosed_at(session: Session) -> datetime:
    return session.doses.last_at or session.started_at or session.starts_at


def integrations_since(
    dosed: Session, sessions: Iterable[Session], *, until: datetime, held_only: bool
) -> int:
    """Integration sessions after a dosed one: held, or, for a booking, also still to come."""
    held = {SessionStatus.COMPLETED}
    counted = (
        held
        if held_only
        else held
        | {
            SessionStatus.SCHEDULED,
            SessionStatus.BLOCKED,
            SessionStatus.CHECKED_IN,
            SessionStatus.IN_PROGRESS,
        }
    )
    since = _dosed_at(dosed)
    return sum(
        1
        for s in sessions
        if s.kind is SessionKind.INTEGRATION
        and s.status in counted
        and since <= s.starts_at < until
    )
