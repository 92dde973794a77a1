"""What follows from a session's facts: was there a dose, when did it end, is the client gone."""

from datetime import datetime, timedelta
from typing import Final

from services.notifications.domain.session_facts import (
    Booking,
    End,
    Exit,
    ExitWay,
    Mark,
    SessionFacts,
    SessionOutcome,
)

LONGEST_STAY: Final = timedelta(hours=24)
"""A started session whose end was never heard of holds messages no longer than this."""


def booking_of(session: SessionFacts) -> Booking | None:
    told = session.booking.told
    return None if told is None else told.value


def is_off(session: SessionFacts) -> bool:
    """Cancelled, or the client did not come."""
    return session.marks.is_open(Mark.CANCELLED) or session.marks.is_open(Mark.MISSED)


def dose_times(session: SessionFacts) -> frozenset[datetime]:
    return frozenset(dose.value.administered_at for dose in session.doses.members.values())


def sign_times(session: SessionFacts) -> frozenset[datetime]:
    return frozenset(sign.value for sign in session.signs.members.values())


def was_dosed(session: SessionFacts) -> bool:
    return bool(session.doses.members or session.signs.members)


def no_dose_is_stated(session: SessionFacts) -> bool:
    """An order was closed with no dose, and none with any: silence would state nothing (INV-25)."""
    counts = [one.told.value for one in session.orders.values() if one.told is not None]
    return bool(counts) and not any(counts) and not was_dosed(session)


def started_at(session: SessionFacts) -> datetime | None:
    told = session.marks.members.get(Mark.STARTED)
    return None if told is None else told.value


def over_by(session: SessionFacts, stay: timedelta) -> datetime | None:
    """When a dosing session should be over: ``stay`` after the last that began in it."""
    started = started_at(session)
    begun = dose_times(session) or sign_times(session)
    begun |= frozenset() if started is None else {started}
    return max(begun) + stay if begun else None


def restriction_sources(session: SessionFacts) -> tuple[str, ...]:
    """The events that a session's restriction was read from."""
    doses = {dose.event_id for dose in session.doses.members.values()}
    signs = {sign.event_id for sign in session.signs.members.values()}
    ends = {
        end.event_id for end in session.ends.members.values() if _counts_after_a_dose(end.value)
    }
    return tuple(sorted((doses or signs) | ends))


def _counts_after_a_dose(end: End) -> bool:
    return end.outcome is not SessionOutcome.ABORTED_BEFORE_DOSE


def ends_of(session: SessionFacts) -> frozenset[datetime]:
    """Ends that count after a dose: an abort before the dose is never one (ruling 12)."""
    return frozenset(
        end.value.ended_at
        for end in session.ends.members.values()
        if _counts_after_a_dose(end.value)
    )


def ended_at(session: SessionFacts) -> datetime | None:
    """The latest end told, not the end told last."""
    return max(ends_of(session), default=None)


def has_conflicting_ends(session: SessionFacts) -> bool:
    return len(ends_of(session)) > 1


def exit_of(session: SessionFacts) -> Exit | None:
    """The first way out that is known."""
    exits = [told.value for told in session.exits.members.values()]
    return min(exits, key=lambda exit_: (exit_.at, exit_.way), default=None)


def is_gone(session: SessionFacts) -> bool:
    return exit_of(session) is not None


def left_against_advice(session: SessionFacts) -> Exit | None:
    told = session.exits.members.get(ExitWay.AGAINST_ADVICE)
    return None if told is None else told.value


def holds_messages(session: SessionFacts, now: datetime) -> bool:
    """Other messages wait while the client is in a dosing session and until they have left."""
    started = session.marks.members.get(Mark.STARTED)
    if started is None or is_gone(session) or is_off(session):
        return False
    if session.ends.members and not was_dosed(session):
        return False
    return now < started.value + LONGEST_STAY


def gone_with_uncovered_dose(session: SessionFacts) -> bool:
    """A client went home on a clearance that covers fewer doses than were given (INV-21)."""
    left = session.exits.members.get(ExitWay.DISCHARGED)
    if left is None or left.value.clearance_id is None:
        return False
    clearance = session.clearances.members.get(left.value.clearance_id)
    return clearance is not None and len(session.doses.members) > clearance.value


def awaits_escort(session: SessionFacts) -> tuple[str, str] | None:
    """The clearance and the escort to call in: cleared, escort known, and nobody here or gone."""
    cleared = session.clearances.open
    escort = current_escort(session)
    if not cleared or escort is None or is_gone(session) or escort_is_here(session):
        return None
    newest = max(cleared, key=lambda key: (cleared[key].occurred_at, key))
    return newest, escort


def gone_and_in_danger_since(session: SessionFacts) -> datetime | None:
    """Since when a client is out of the building on facts that turned out to be wrong."""
    if not is_gone(session):
        return None
    since = [danger.value for danger in session.dangers.members.values()]
    if gone_with_uncovered_dose(session):
        since.append(max(dose_times(session)))
    return min(since, default=None)


def current_escort(session: SessionFacts) -> str | None:
    """The escort assignment that was confirmed last and not cancelled."""
    confirmed = session.escorts.open
    if not confirmed:
        return None
    return max(confirmed, key=lambda key: (confirmed[key].value, key))


def escort_is_here(session: SessionFacts) -> bool:
    return any(session.escorts.is_open(key) for key in session.arrivals.members)
