"""How the sessions of a course stood: how far each had come, its escort, its doses, its order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeAlias

from cli.clinic.moments import rfc3339
from cli.course_history.folding import Known
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.domain.vocabulary import DepartureMode
from services.scheduling.domain.prescription_facts import OrderFacts
from shared.folds import Sourced

Told: TypeAlias = "Sourced[Any] | None"
Said: TypeAlias = tuple[str, str, str, Told, str]
"""Whose word it is, about what, the state, the event that told it, and the session."""


_LEFT: Final = {
    DepartureMode.STANDARD: "discharged",
    DepartureMode.TRANSFER: "transferred",
    DepartureMode.AGAINST_ADVICE: "left against advice",
}


def sessions(known: Known, at: datetime) -> Iterator[Said]:
    """Each session in the order of its time, and with a dosing session what belongs to it."""
    for session_id, session in sorted(known.by_prescribing.sessions.items(), key=_by_time):
        doses = known.by_scheduling.dose_count(session_id)
        state, told = _session(session, doses)
        kind = session.kind.value if session.kind else "unknown"
        yield "scheduling", f"session {kind}", state, told, session_id
        yield from _escort(session, session_id)
        yield from _order(known, session_id)
        yield from _check(known, session_id, at)
        yield from _clearance(known, session_id, doses, at)


def _by_time(item: tuple[str, SessionFacts]) -> tuple[str, str]:
    told = item[1].window.told
    return (rfc3339(told.value.starts_at) if told else "", item[0])


def _session(session: SessionFacts, doses: int) -> tuple[str, Told]:
    dosed = f", {doses} taken" if doses else ""
    end = session.end(dosed=doses > 0)
    if session.departure is not None:
        return f"{_LEFT[session.departure.value.mode]}{dosed}", session.departure
    if session.cancelled is not None:
        return "cancelled", session.cancelled
    if session.missed is not None:
        return "missed", session.missed
    if end is not None:
        here = ", client here" if doses else ""
        return f"ended: {end.value.outcome.value}{dosed}{here}", end
    if session.stop is not None:
        return f"stop requested{dosed}", session.stop
    if session.started is not None:
        return f"in progress{dosed}", session.started
    if session.checked_in is not None:
        return "client here", session.checked_in
    told = session.window.told
    return (f"booked for {rfc3339(told.value.starts_at)}", told) if told else ("known of", None)


def _escort(session: SessionFacts, session_id: str) -> Iterator[Said]:
    standing = max(session.escorts.open.values(), key=lambda told: told.event_id, default=None)
    if standing is not None:
        yield "scheduling", "escort", "confirmed", standing, session_id
    elif session.escorts.tombstones:
        yield "scheduling", "escort", "cancelled", None, session_id


def _order(known: Known, session_id: str) -> Iterator[Said]:
    for order in known.by_scheduling.orders_of(session_id).values():
        state, told = _of_order(order)
        yield "prescribing", "dose order", state, told, session_id


def _of_order(order: OrderFacts) -> tuple[str, Told]:
    if order.closed.told is not None:
        return f"closed with {order.count} taken", order.closed.told
    if order.doses:
        last = max(order.doses.values(), key=lambda told: told.value.administered_at)
        return f"{len(order.doses)} taken, observed until " + rfc3339(
            last.value.observe_until
        ), last
    if order.withheld is not None:
        return f"withheld: {order.withheld.value}", order.withheld
    if order.valid_until is not None:
        return f"authorised until {rfc3339(order.valid_until.value)}", order.valid_until
    return "requested", None


def _check(known: Known, session_id: str, at: datetime) -> Iterator[Said]:
    check = known.by_scheduling.of_session(session_id).check.told
    if check is not None:
        old = "" if at <= check.value.valid_until else ", no longer valid"
        yield "prescribing", "pre-dose check", f"{check.value.outcome}{old}", check, session_id


def _clearance(known: Known, session_id: str, doses: int, at: datetime) -> Iterator[Said]:
    facts = known.by_scheduling.of_session(session_id)
    standing = facts.clearance(at, doses)
    if standing is not None:
        _, told = standing
        state = f"valid until {rfc3339(told.value.valid_until)}, covers dose "
        yield "prescribing", "clearance", f"{state}{told.value.covers_dose_seq}", told, session_id
        return
    newest = max(facts.clearances.members.items(), key=lambda i: i[1].event_id, default=None)
    if newest is not None:
        clearance_id, told = newest
        rescinded = facts.rescissions.get(clearance_id)
        word = "rescinded" if rescinded else "no longer valid"
        yield "prescribing", "clearance", word, rescinded or told, session_id
