"""What follows from the facts of a course: doses, preparation, medicine on board, what is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.intake.domain.closing import Obstacle
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


def on_board(facts: CourseFacts, now: datetime) -> Mapping[str, str]:
    """The sessions whose medicine may still act, each with the event that told its last dose.

    From the dose until discharge or transfer; after walking out, until the restriction is over,
    and without an end while none is known (rulings 14 and 21). A dose that is later than the
    discharge of its session puts the client back on board.
    """
    last: dict[str, tuple[datetime, str]] = {}
    for dose in facts.doses.open.values():
        session = str(dose.value.session_id)
        given = dose.value.administered_at, dose.event_id
        last[session] = max(last.get(session, given), given)
    return {
        session: event_id
        for session, (given_at, event_id) in sorted(last.items())
        if not _is_off_board(facts, session, given_at, now)
    }


def obstacles_on_board(facts: CourseFacts) -> tuple[Obstacle, ...]:
    """Doses whose client, as far as intake knows, has neither left nor been discharged.

    The restriction after walking out does not count here: the recovery is over (section 6.1).
    """
    sessions = sorted(
        {
            str(dose.value.session_id)
            for dose in facts.doses.open.values()
            if not facts.discharges.is_open(str(dose.value.session_id))
            and not facts.walk_outs.is_open(str(dose.value.session_id))
        }
    )
    return tuple(
        Obstacle(kind="medicine_on_board", ref=UUID(session), status="dosed", owner="scheduling")
        for session in sessions
    )


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


def _is_off_board(facts: CourseFacts, session: str, given_at: datetime, now: datetime) -> bool:
    discharged = facts.discharges.open.get(session)
    if discharged is not None:
        return given_at <= discharged.value
    left = facts.walk_outs.open.get(session)
    if left is None or given_at > left.value:
        return False
    known = [
        told.value.until
        for told in facts.restrictions.values()
        if str(told.value.session_id) == session and told.value.end_known
    ]
    return bool(known) and now >= max(known)
