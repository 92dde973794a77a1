"""Receipts of prescribing decide again to the letter, and otherwise under other rules."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.prescribing.domain.activation import activation_decision
from services.prescribing.domain.authorisation import authorisation_decision
from services.prescribing.domain.clearance import ClearanceFacts, clearance_decision
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.pre_dose_gate import CheckFacts, check_decision
from services.prescribing.domain.predose_grading import Readings, grade
from services.prescribing.domain.vocabulary import CheckOutcome, MoodRescreen
from services.prescribing.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Decision
from shared.protocol import ClinicProtocol, DrugClass, Pin, Pressure
from tests.support.replayed import assert_replays
from tests.unit.prescribing import test_activation, test_authorisation, test_clearance
from tests.unit.prescribing.clinic import (
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    at,
    on_board,
    passed,
    readings,
)
from tests.unit.prescribing.dose_gate_cases import (
    LOCAL_FACTS_SAY_NO,
    OWN_FACTS_SAY_NO,
    PEERS_SAY_NO,
    facts,
)

LONGER = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, min_observation_minutes=160))
NARROWER = replace(PROTOCOL, predose=replace(PROTOCOL.predose, bp_hold=Pressure(sys=130, dia=85)))

ANYTHING = [changes for changes, _ in (*PEERS_SAY_NO, *LOCAL_FACTS_SAY_NO, *OWN_FACTS_SAY_NO)]


def under(asked: Any, protocol: ClinicProtocol) -> Decision:
    gate = RECORDED_GATES.of(asked)
    return gate.replay(gate.dump(asked), protocol, Pin(1, ""))


def refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


any_readings = st.builds(
    Readings,
    systolic=st.integers(60, 220),
    diastolic=st.integers(40, 140),
    heart_rate=st.integers(30, 160),
    spo2=st.integers(80, 100),
    fasting_ok=st.booleans(),
    pregnancy_attested=st.booleans(),
    medication_changes=st.booleans(),
    mood_rescreen=st.sampled_from(MoodRescreen),
    drug_classes=st.lists(st.sampled_from(DrugClass), max_size=3, unique=True).map(tuple),
)


@settings(deadline=None)
@given(any_readings)
def test_any_check_decides_again_to_the_letter_and_agrees_with_its_grade(seen: Readings) -> None:
    asked = CheckFacts(readings=seen, thresholds=PROTOCOL.predose)
    decision = check_decision(asked)
    grading = grade(seen, PROTOCOL.predose)

    assert ("readings-on-hold" in refused(decision)) is bool(grading.holding)
    assert ("readings-to-review" in refused(decision)) is bool(grading.reviewing)
    assert decision.allowed is (grading.outcome is CheckOutcome.PASS)
    assert_replays(RECORDED_GATES, decision, asked, PROTOCOL)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ANYTHING), max_size=4))
def test_any_dose_decides_again_to_the_letter(changes: list[dict[str, Any]]) -> None:
    asked = facts()
    for change in changes:
        asked = replace(asked, **change)
    assert_replays(RECORDED_GATES, dose_decision(asked), asked, PROTOCOL)


@settings(deadline=None)
@given(st.integers(0, 400), st.booleans(), st.booleans(), st.sampled_from([NURSE, PRESCRIBER]))
def test_any_clearance_decides_again_to_the_letter(
    minutes: int, out: bool, found: bool, by: Any
) -> None:
    asked = test_clearance.facts(
        at=at("10:00") + timedelta(minutes=minutes), medicine_out=out, found=found, by=by
    )
    assert_replays(RECORDED_GATES, clearance_decision(asked), asked, PROTOCOL)


def test_activation_and_authorisation_decide_again_to_the_letter() -> None:
    for asked in (test_activation.facts(), test_activation.facts(assessment=None)):
        assert_replays(RECORDED_GATES, activation_decision(asked), asked, PROTOCOL)
    for again in (test_authorisation.facts(), test_authorisation.after_a_dose(reviews=())):
        assert_replays(RECORDED_GATES, authorisation_decision(again), again, PROTOCOL)


def test_a_narrower_pressure_would_have_held_the_check_and_the_dose() -> None:
    """122 over 78 passed; held at 120 it would not have."""
    narrow = replace(PROTOCOL.predose, bp_hold=Pressure(sys=120, dia=100))
    protocol = replace(PROTOCOL, predose=narrow)
    asked = CheckFacts(readings=readings(), thresholds=PROTOCOL.predose)

    assert check_decision(asked).allowed
    assert refused(under(asked, protocol)) == {"readings-on-hold"}
    assert dose_decision(facts()).allowed
    assert refused(under(facts(), protocol)) == {"pre-dose-check-not-valid"}


def test_what_a_prescriber_accepted_stays_accepted_as_a_review_and_not_as_a_hold() -> None:
    seen = passed()
    check = replace(
        seen.checks[-1],
        readings=readings(systolic=145),
        grading=grade(readings(systolic=145), PROTOCOL.predose),
        accepted=seen.checks[-1].taken,
    )
    asked = facts(check=replace(seen, checks=(check,)))
    reviewed_sooner = replace(
        PROTOCOL, predose=replace(PROTOCOL.predose, bp_review=Pressure(sys=130, dia=85))
    )
    held = replace(PROTOCOL, predose=replace(PROTOCOL.predose, bp_hold=Pressure(sys=140, dia=95)))

    assert under(asked, reviewed_sooner).allowed
    assert refused(under(asked, held)) == {"pre-dose-check-not-valid"}


def test_a_longer_observation_would_have_refused_the_clearance() -> None:
    asked = test_clearance.facts()
    assert clearance_decision(asked).allowed
    assert refused(under(asked, LONGER)) == {
        "minimum-observation-not-over",
        "recovery-criteria-not-met",
    }


def test_a_shorter_observation_would_have_let_the_time_pass_sooner() -> None:
    """Never below the profile's own earliest end, 115 minutes after a lozenge."""
    shorter = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, min_observation_minutes=100))
    early, earlier = test_clearance.facts(at=at("11:56")), test_clearance.facts(at=at("11:54"))
    assert "minimum-observation-not-over" in refused(clearance_decision(early))
    assert "minimum-observation-not-over" not in refused(under(early, shorter))
    assert "minimum-observation-not-over" in refused(under(earlier, shorter))


def test_the_profile_decides_the_floor_of_the_observation() -> None:
    dose = replace(on_board(), timing_profile="IM-STD", observe_until=at("12:00"))
    asked: ClearanceFacts = replace(
        test_clearance.facts(),
        recovery=replace(test_clearance.facts().recovery, doses={"one": dose}),
        at=at("11:05"),
    )
    hour = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, min_observation_minutes=60))
    assert "minimum-observation-not-over" not in refused(under(asked, hour))


@pytest.mark.parametrize("asked", [facts(), test_authorisation.facts()])
def test_what_is_kept_holds_neither_an_amount_nor_a_word_of_a_person(asked: Any) -> None:
    kept = RECORDED_GATES.of(asked).dump(asked).decode()
    assert '"amount_mg":150' not in kept
    assert '"amount_mg":0' in kept or '"prescription":null' in kept
    assert '"acceptance_reason":null' in kept or "acceptance_reason" not in kept
    assert "min_observation_minutes" not in kept
