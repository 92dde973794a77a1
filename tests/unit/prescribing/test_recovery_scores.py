"""Scores, vitals and effects at a look: what makes a client ready (F86 to F88, section 3.8)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.prescribing.domain.effects import ExpectedEffect
from services.prescribing.domain.recovery_checks import unmet_criteria
from services.prescribing.domain.recovery_scores import ITEMS, Scored, Vitals
from services.prescribing.web.api.recovery_bodies import RecoveryCheckBody, seen_in
from shared.protocol import Score, ScoreInstrument
from tests.unit.prescribing.clinic import PROTOCOL, observation

PADSS, ALDRETE = ScoreInstrument.PADSS_MODIFIED, ScoreInstrument.ALDRETE_MODIFIED
RULES = PROTOCOL.recovery
BASELINE = Vitals(systolic=120, diastolic=80, heart_rate=70, spo2=98)
WELL: dict[str, Any] = {
    "oriented": True,
    "steady_gait": True,
    "vitals_within_20pct": True,
    "moaas": 5,
    "nausea_minimal": True,
}
PADSS_ITEMS = {"vital_signs": 2, "activity": 2, "nausea": 2, "pain": 2}
ALDRETE_ITEMS = dict.fromkeys(ITEMS[ALDRETE], 2)


@given(st.sampled_from(ScoreInstrument), st.data())
def test_a_score_is_the_sum_of_its_own_items(
    instrument: ScoreInstrument, data: st.DataObject
) -> None:
    items = {name: data.draw(st.integers(0, 2)) for name in ITEMS[instrument]}

    scored = Scored.of(instrument, items)

    assert 0 <= scored.total == sum(items.values()) <= 10


@pytest.mark.parametrize(
    "items",
    [
        {**PADSS_ITEMS, "bleeding": 3},
        {**PADSS_ITEMS, "bleeding": -1},
        PADSS_ITEMS,
        ALDRETE_ITEMS,
    ],
)
def test_items_of_another_instrument_or_out_of_range_are_no_score(items: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"items of|0 to 2"):
        Scored.of(PADSS, items)


@pytest.mark.parametrize(
    "wrong",
    [
        {"padss_score": 11},
        {"padss": {**PADSS_ITEMS, "pain": 3}},
        {"padss": {**PADSS_ITEMS, "gait": 2}},
        {"padss": PADSS_ITEMS, "padss_score": 9},
        {"aldrete": {**ALDRETE_ITEMS, "oxygen": -1}},
        {"moaas": 6},
        {"vitals": {"systolic": 20, "diastolic": 80, "heart_rate": 70, "spo2": 98}},
        {"effects": ["nausea"]},
    ],
    ids=str,
)
def test_a_score_that_cannot_be_is_refused_where_it_comes_in(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RecoveryCheckBody.model_validate({**WELL, **wrong})


def test_bleeding_does_not_apply_and_counts_in_full() -> None:
    body = RecoveryCheckBody.model_validate({**WELL, "padss": PADSS_ITEMS, "padss_score": 10})

    seen = seen_in(body, PADSS)

    assert seen.score == 10
    assert unmet_criteria(seen, RULES) == ()


def test_the_instrument_of_the_clinic_is_the_one_that_counts() -> None:
    aldrete = replace(RULES, score=Score(instrument=ALDRETE, pass_mark=9))
    by_sum = RecoveryCheckBody.model_validate({**WELL, "padss_score": 10})
    by_items = RecoveryCheckBody.model_validate({**WELL, "aldrete": ALDRETE_ITEMS})

    assert unmet_criteria(seen_in(by_items, ALDRETE), aldrete) == ()
    assert unmet_criteria(seen_in(by_sum, ALDRETE), aldrete) == ("score_missing",)
    assert unmet_criteria(seen_in(by_items, PADSS), RULES) == ("score_missing",)
    # What was scored by one instrument counts for no other, however it came here.
    assert unmet_criteria(observation(instrument=ALDRETE), RULES) == ("score_missing",)


def test_a_look_without_a_score_is_kept_and_makes_nobody_ready() -> None:
    assert unmet_criteria(observation(score=None), RULES) == ("score_missing",)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "heart_rate", "back"),
    [
        (144, 80, 70, True),
        (145, 80, 70, False),
        (96, 80, 70, True),
        (95, 80, 70, False),
        (120, 97, 70, False),
        (120, 80, 85, False),
        (120, 80, 84, True),
    ],
)
def test_measured_vitals_have_the_last_word_on_being_within_a_fifth(
    systolic: int, diastolic: int, heart_rate: int, back: bool
) -> None:
    vitals = Vitals(systolic=systolic, diastolic=diastolic, heart_rate=heart_rate, spo2=98)

    unmet = unmet_criteria(observation(vitals=vitals), RULES, BASELINE)

    assert unmet == (() if back else ("vitals_within_20pct",))


def test_a_statement_counts_where_nothing_was_measured_and_never_against_itself() -> None:
    stated = observation(vitals_within_20pct=False, vitals=BASELINE)

    assert unmet_criteria(stated, RULES, BASELINE) == ("vitals_within_20pct",)
    assert unmet_criteria(observation(vitals=BASELINE), RULES, None) == ()


@pytest.mark.parametrize(
    "seen",
    [{"perceptual_changes": True}, *({"effects": frozenset({e})} for e in ExpectedEffect)],
    ids=str,
)
def test_nobody_is_ready_before_effects_have_cleared(seen: dict[str, Any]) -> None:
    """F88."""
    assert unmet_criteria(observation(**seen), RULES) == ("effects_not_cleared",)
