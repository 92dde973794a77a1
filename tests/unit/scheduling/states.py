"""A dosing session, and a talk, in each of their states; with the facts that brought them there."""

from dataclasses import replace

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.events import DischargeMode, Outcome
from services.scheduling.domain.session import Leaving, Session, TherapyEnd
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from tests.unit.scheduling.building import (
    ORDER,
    SESSION,
    administered,
    at,
    authorised,
    checked_in,
    cleared,
    dosed,
    escort,
    facts,
    named,
    opening,
    order_closed,
    recovering,
    session,
    told,
)

S = SessionStatus
GATE = named("gate")
_GONE = Leaving(at=at("12:45"), mode=DischargeMode.STANDARD)
_ABORTED = TherapyEnd(at=at("09:59"), outcome=Outcome.ABORTED_BEFORE_DOSE)


def dosing_in(status: SessionStatus) -> Session:
    """The same session, as far as it has come."""
    match status:
        case S.SCHEDULED | S.BLOCKED | S.CANCELLED | S.MISSED:
            return session(status=status, escorts=(escort(),))
        case S.CHECKED_IN:
            return checked_in()
        case S.READY:
            return checked_in(status=status, gate_id=GATE)
        case S.IN_PROGRESS:
            return opening()
        case S.DOSED:
            return dosed()
        case S.ABORTED | S.CLOSED:
            return opening(status=status, phase=None, end=_ABORTED)
        case S.DISCHARGING:
            return recovering(status=status, gate_id=GATE)
        case S.DISCHARGED | S.TRANSFERRED | S.LEFT_AGAINST_ADVICE:
            return recovering(status=status, leaving=_GONE, passages=recovering().passages)
        case _:
            return recovering(status=status)


def facts_in(status: SessionStatus) -> CourseFacts:
    """What was told by then."""
    known = authorised(facts())
    if status is S.CLOSED:
        return order_closed(known, 0)
    if not dosing_in(status).doses.count:
        return known
    dose = administered(known)
    if status in {S.CLEARABLE, S.DISCHARGING, S.DISCHARGED}:
        return cleared(order_closed(dose, 1))
    return dose


def talk_in(status: SessionStatus) -> Session:
    talk = session(SessionKind.INTEGRATION, status=status)
    if status is S.COMPLETED:
        return replace(talk, end=TherapyEnd(at=at("10:20"), outcome=Outcome.COMPLETED))
    return talk


def order_withheld(known: CourseFacts) -> CourseFacts:
    return known.order(str(ORDER), str(SESSION), lambda o: o.withhold(told("wh"), "medical"))
