"""Receipts of scheduling decide again to the letter, and otherwise under other rules."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.booking_conditions import decide_standing_booking
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.gate_book import Proposal, decide_booking
from services.scheduling.domain.gate_discharge import decide_discharge
from services.scheduling.domain.gate_manual import ManualFacts, decide_manual
from services.scheduling.domain.gate_start import StartFacts, decide_start
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Decision
from shared.protocol import ClinicProtocol, Pin
from tests.support.replayed import assert_replays
from tests.unit.scheduling.booking_question import (
    NOW,
    integration,
    past_dosed,
)
from tests.unit.scheduling.building import (
    PROTOCOL,
    ZONE,
    administered,
    at,
    authorised,
    checked_in,
    facts,
    named,
    prepared,
    recovering,
    room,
    session,
    terms,
    therapist,
    told,
)
from tests.unit.scheduling.discharge_question import manual, question
from tests.unit.scheduling.start_question import FRESH, intake, prescribing

MORE_PREPARATION = replace(PROTOCOL, prep=replace(PROTOCOL.prep, min_sessions=3))
ONE_A_WEEK = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_in_7_days=1))

others = st.lists(
    st.builds(
        lambda day, dosed: past_dosed(day) if dosed else integration(day),
        st.sampled_from([f"2026-03-{day:02}" for day in range(1, 10)]),
        st.booleans(),
    ),
    max_size=4,
).map(tuple)
preparations = st.sampled_from([None, prepared()])
minutes = st.integers(-120, 240)


def booking(**changes: Any) -> BookingFacts:
    good: dict[str, Any] = {
        "session": session(),
        "others": (),
        "facts": facts(),
        "preparation": prepared(),
        "protocol": PROTOCOL,
        "zone": ZONE,
        "now": NOW,
        "therapist": therapist(),
        "room": room(),
    }
    return BookingFacts(**{**good, **changes})


def proposal(**changes: Any) -> Proposal:
    return Proposal(booking=booking(**changes), clashes=())


def start(**changes: Any) -> StartFacts:
    on_the_day = {
        "session": checked_in(status=SessionStatus.READY),
        "facts": authorised(facts()),
        "now": at("09:50"),
    }
    return StartFacts(
        booking=booking(**{**on_the_day, **changes}),
        intake=intake(),
        prescribing=prescribing(),
        heard=FRESH,
        occupied=(),
    )


def under(asked: Any, protocol: ClinicProtocol) -> Decision:
    gate = RECORDED_GATES.of(asked)
    return gate.replay(gate.dump(asked), protocol, Pin(1, ""))


def refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


@settings(deadline=None)
@given(others, preparations, minutes)
def test_any_booking_decides_again_to_the_letter(
    seen: tuple[Session, ...], prep: Any, later: int
) -> None:
    asked = proposal(others=seen, preparation=prep, now=NOW + timedelta(minutes=later))
    assert_replays(RECORDED_GATES, decide_booking(asked), asked, PROTOCOL)
    kept = asked.booking
    assert_replays(RECORDED_GATES, decide_standing_booking(kept), kept, PROTOCOL)


@settings(deadline=None)
@given(others, preparations, minutes)
def test_any_start_decides_again_to_the_letter(
    seen: tuple[Session, ...], prep: Any, later: int
) -> None:
    asked = start(others=seen, preparation=prep, now=at("09:50") + timedelta(minutes=later))
    assert_replays(RECORDED_GATES, decide_start(asked), asked, PROTOCOL)


@settings(deadline=None)
@given(minutes, st.booleans(), st.booleans())
def test_any_discharge_decides_again_to_the_letter(
    later: int, answered: bool, stated: bool
) -> None:
    changes: dict[str, Any] = {"now": at("12:45") + timedelta(minutes=later)}
    if not answered:
        changes["prescribing"] = None
    if stated:
        clearance = manual()
        changes["session"] = replace(question().session, manual_clearance=clearance)
    asked = question(**changes)
    assert_replays(RECORDED_GATES, decide_discharge(asked), asked, PROTOCOL)


@settings(deadline=None)
@given(minutes, st.booleans())
def test_any_manual_clearance_decides_again_to_the_letter(later: int, answered: bool) -> None:
    asked = manual_question(now=at("12:36") + timedelta(minutes=later), answered=answered)
    assert_replays(RECORDED_GATES, decide_manual(asked), asked, PROTOCOL)


def manual_question(**changes: Any) -> ManualFacts:
    good: dict[str, Any] = {
        "session": recovering(),
        "clearance": manual(),
        "second_known": True,
        "facts": administered(facts()),
        "answered": False,
        "recovery": PROTOCOL.recovery,
        "now": at("12:36"),
    }
    return ManualFacts(**{**good, **changes})


def test_more_preparation_would_have_refused_booking_and_start() -> None:
    assert decide_booking(proposal()).allowed
    assert refused(under(proposal(), MORE_PREPARATION)) == {"preparation-not-planned"}
    assert decide_start(start()).allowed
    assert refused(under(start(), MORE_PREPARATION)) == {"preparation-not-completed"}


def test_less_preparation_would_have_allowed_what_was_refused() -> None:
    once = replace(prepared(), sessions=frozenset([named("prep-1")]), completed_at=None)
    less = replace(PROTOCOL, prep=replace(PROTOCOL.prep, min_sessions=1))
    assert refused(decide_start(start(preparation=once))) == {"preparation-not-completed"}
    assert under(start(preparation=once), less).allowed


def test_wider_spacing_would_have_refused_the_second_dose_of_a_week() -> None:
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    seen = (
        past_dosed("2026-03-06"),
        integration("2026-03-08", status=SessionStatus.COMPLETED),
    )
    asked = proposal(facts=many, others=seen)
    assert decide_booking(asked).allowed
    assert refused(under(asked, ONE_A_WEEK)) == {"doses-too-close"}


def test_a_longer_observation_would_have_refused_what_two_people_stated() -> None:
    longer = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, min_observation_minutes=160))
    assert decide_manual(manual_question()).allowed
    assert refused(under(manual_question(), longer)) == {"observed-too-short"}


def test_a_shorter_validity_would_have_ended_their_clearance() -> None:
    shorter = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, clearance_validity_minutes=5))
    with_them = question(
        session=replace(question().session, manual_clearance=manual()), prescribing=None
    )
    assert decide_discharge(with_them).allowed
    assert refused(under(with_them, shorter)) == {"manual-clearance-not-valid"}


def test_what_is_kept_names_nobody() -> None:
    asked = start()
    people, place = asked.booking.therapist, asked.booking.room
    assert people is not None
    assert place is not None
    kept = RECORDED_GATES.of(asked).dump(asked).decode()
    assert people.name not in kept
    assert place.name not in kept
    assert len(kept) < 10_000
