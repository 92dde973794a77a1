"""What follows from the facts of a course: doses, preparation, holds of others, what is next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.intake.domain.facts import CourseFacts, ForeignHold
from shared.folds import Sourced

_PREP: Final = "prep"
_DONE: Final = frozenset({"completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSession:
    session_id: UUID
    kind: str
    starts_at: datetime


def dosed_count(facts: CourseFacts) -> int:
    """Distinct orders that closed with a dose; the same order never counts twice (ruling 20)."""
    return sum(
        1
        for closed in facts.closed_orders.values()
        if closed.told is not None and closed.told.value > 0
    )


def preparations_done(facts: CourseFacts) -> tuple[str, ...]:
    """The preparation sessions that took place, each once (INV-4)."""
    return tuple(
        session_id
        for session_id, end in sorted(facts.ends.items())
        if end.value.kind == _PREP and end.value.outcome in _DONE
    )


def preparation_is_met(facts: CourseFacts) -> bool:
    return bool(facts.preparation.open)


def foreign_holds(facts: CourseFacts) -> tuple[Sourced[ForeignHold], ...]:
    """The open holds of the other services, in a stable order."""
    return tuple(hold for _, hold in sorted(facts.holds.open.items()))


def next_session(facts: CourseFacts, now: datetime) -> NextSession | None:
    """The nearest booked session that has neither ended nor been called off."""
    ahead = [
        NextSession(
            session_id=UUID(session_id),
            kind=booking.value.kind,
            starts_at=_starts_at(facts, session_id, booking.value.starts_at),
        )
        for session_id, booking in facts.bookings.open.items()
        if session_id not in facts.ends
    ]
    later = [session for session in ahead if session.starts_at >= now]
    return min(later, key=lambda one: (one.starts_at, str(one.session_id)), default=None)


def prescribed_until(facts: CourseFacts) -> datetime | None:
    """How long the longest prescription lasts that was not revoked."""
    ends = []
    for prescription_id, until in facts.prescriptions.open.items():
        amended = facts.amended_until.get(prescription_id)
        told = until if amended is None or amended.told is None else amended.told
        ends.append(told.value)
    return max(ends, default=None)


def _starts_at(facts: CourseFacts, session_id: str, booked: datetime) -> datetime:
    moved = facts.moved_to.get(session_id)
    return booked if moved is None or moved.told is None else moved.told.value
