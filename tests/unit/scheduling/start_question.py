"""A start that is allowed, and what can be changed about it."""

from datetime import timedelta
from typing import Any

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import HoldFact
from services.scheduling.domain.gate_start import StartFacts, decide_start
from services.scheduling.domain.peer_answers import (
    AnsweredHold,
    CheckWord,
    IntakeWord,
    NamedUntil,
    OrderWord,
    PrescribingWord,
)
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.staleness import Recency
from services.scheduling.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Decision
from tests.support.replayed import assert_replays
from tests.unit.scheduling.building import (
    ORDER,
    PROTOCOL,
    RX,
    ZONE,
    at,
    authorised,
    checked_in,
    facts,
    prepared,
    room,
    therapist,
)

NOW = at("09:50")
YOUNG = timedelta(seconds=0.1)
LATER = at("08:00", "2027-01-01")
FRESH = {name: Recency(age_seconds=0.5) for name in ("intake", "prescribing", "notifications")}


def intake(**changes: Any) -> IntakeWord:
    good: dict[str, Any] = {
        "age": YOUNG,
        "course_status": "active",
        "approval": NamedUntil(id="approval", active=True, valid_until=LATER),
        "consents": {
            scope: NamedUntil(id="consent", active=True, valid_until=LATER)
            for scope in ("treatment", "aftercare_agreement")
        },
        "covers_until_session_no": 6,
    }
    return IntakeWord(**{**good, **changes})


def prescribing(**changes: Any) -> PrescribingWord:
    good: dict[str, Any] = {
        "age": YOUNG,
        "prescription": NamedUntil(id=str(RX), active=True, valid_until=LATER),
        "order": OrderWord(id=str(ORDER), authorised=True, closed=False, valid_until=at("12:30")),
        "check": CheckWord(id="check", version=1, outcome="pass", valid_until=at("10:15")),
    }
    return PrescribingWord(**{**good, **changes})


def decide(**changes: Any) -> Decision:
    booking: dict[str, Any] = {
        "session": checked_in(status=SessionStatus.READY),
        "others": (),
        "facts": authorised(facts()),
        "preparation": prepared(),
        "protocol": PROTOCOL,
        "zone": ZONE,
        "now": NOW,
        "therapist": therapist(),
        "room": room(),
        "attendant": None,
        "elsewhere": (),
    }
    start: dict[str, Any] = {
        "intake": intake(),
        "prescribing": prescribing(),
        "heard": FRESH,
        "occupied": (),
    }
    assert set(changes) <= set(booking) | set(start)
    booking.update({k: v for k, v in changes.items() if k in booking})
    start.update({k: v for k, v in changes.items() if k in start})
    asked = StartFacts(booking=BookingFacts(**booking), **start)
    decision = decide_start(asked)
    assert_replays(RECORDED_GATES, decision, asked, asked.booking.protocol)
    return decision


def word(kind: str, **changes: Any) -> dict[str, Any]:
    return {kind: intake(**changes) if kind == "intake" else prescribing(**changes)}


def ready(**changes: Any) -> dict[str, Any]:
    return {"session": checked_in(status=SessionStatus.READY, **changes)}


def answered_hold(*blocks: str) -> AnsweredHold:
    fact = HoldFact(category="medical", blocks=blocks, severity="stop", owner="prescribing")
    return AnsweredHold(id="h", placed_at=at("09:49"), hold=fact)
