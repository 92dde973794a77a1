"""A booking that is allowed, and what can be changed about it."""

from typing import Any

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.events import Outcome
from services.scheduling.domain.gate_book import Proposal, decide_booking
from services.scheduling.domain.session import DosesSeen, Session, TherapyEnd
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Decision
from tests.support.replayed import assert_replays
from tests.unit.scheduling.building import (
    PROTOCOL,
    ZONE,
    at,
    facts,
    named,
    prepared,
    room,
    session,
    therapist,
)

NEXT_WEEK = "2026-03-17"
NOW = at("08:00")


def decide(
    proposed: Session | None = None, *, others: tuple[Session, ...] = (), **changes: Any
) -> Decision:
    booking = {
        "session": proposed or session(),
        "others": others,
        "facts": facts(),
        "preparation": prepared(),
        "protocol": PROTOCOL,
        "zone": ZONE,
        "now": NOW,
        "therapist": therapist(),
        "room": room(),
        "attendant": None,
        "elsewhere": (),
    }
    moment: dict[str, Any] = {"clashes": ()}
    booking.update({k: v for k, v in changes.items() if k in booking})
    moment.update({k: v for k, v in changes.items() if k in moment})
    assert set(changes) <= set(booking) | set(moment)
    proposal = Proposal(booking=BookingFacts(**booking), **moment)  # type: ignore[arg-type]
    decision = decide_booking(proposal)
    assert_replays(RECORDED_GATES, decision, proposal, proposal.booking.protocol)
    return decision


def refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


def past_dosed(day: str = "2026-03-09", **changes: Any) -> Session:
    """A session that was dosed and left the clinic."""
    taken = DosesSeen(count=1, first_at=at("10:00", day), last_at=at("10:00", day))
    return session(
        starts=at("09:30", day),
        session_id=named(f"dosed-{day}"),
        status=SessionStatus.DISCHARGED,
        doses=taken,
        end=TherapyEnd(at=at("12:30", day), outcome=Outcome.COMPLETED),
        **changes,
    )


def integration(day: str, **changes: Any) -> Session:
    return session(
        SessionKind.INTEGRATION,
        starts=at("15:00", day),
        minutes=60,
        session_id=named(f"integration-{day}"),
        **changes,
    )
