"""Questionnaires are counted by their own rule, item by item (3.10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.instruments import HIGHEST, ITEMS, Answers, Instrument
from services.intake.domain.scoring import (
    Band,
    band,
    counted,
    is_emergent,
    reaches_cut,
    totalled,
)
from shared.decisions import Refused
from shared.protocol import ScreeningCuts
from tests.unit.intake.courses import slugs
from tests.unit.intake.forms import audit, cssrs, phq9

CUTS = ScreeningCuts()
SUMMED = [one for one in Instrument if one is not Instrument.CSSRS]


@pytest.mark.parametrize(
    ("instrument", "items", "highest"),
    [
        (Instrument.PHQ9, 9, 27),
        (Instrument.GAD7, 7, 21),
        (Instrument.PCL5, 20, 80),
        (Instrument.CSSRS, 7, 5),
        (Instrument.AUDIT, 10, 40),
        (Instrument.DAST10, 10, 10),
    ],
)
def test_each_form_has_its_items_and_its_range(
    instrument: Instrument, items: int, highest: int
) -> None:
    assert (len(ITEMS[instrument]), HIGHEST[instrument]) == (items, highest)


@given(st.data(), st.sampled_from(SUMMED))
def test_a_score_is_the_sum_of_its_answers_and_never_leaves_the_range(
    data: st.DataObject, instrument: Instrument
) -> None:
    answers = data.draw(st.tuples(*(st.sampled_from(allowed) for allowed in ITEMS[instrument])))
    scored = counted(instrument, answers)
    assert scored.score == sum(answers)
    assert 0 <= scored.score <= HIGHEST[instrument]
    assert scored.complete


@pytest.mark.parametrize("instrument", Instrument)
@pytest.mark.parametrize("more", [-1, 1])
def test_a_form_with_too_few_or_too_many_answers_is_refused(
    instrument: Instrument, more: int
) -> None:
    with pytest.raises(Refused) as refused:
        counted(instrument, (0,) * (len(ITEMS[instrument]) + more))
    assert slugs(refused) == ["wrong-number-of-answers"]


@pytest.mark.parametrize(
    ("instrument", "answers", "items"),
    [
        (Instrument.PHQ9, (0, 4, 0, 0, -1, 0, 0, 0, 0), ("2", "5")),
        (Instrument.GAD7, (0, 0, 0, 0, 0, 0, 4), ("7",)),
        (Instrument.AUDIT, (0,) * 8 + (3, 1), ("9", "10")),
        (Instrument.CSSRS, (0, 0, 0, 0, 0, 2, 0), ("6",)),
    ],
)
def test_an_answer_that_the_form_does_not_offer_is_named_by_its_item(
    instrument: Instrument, answers: Answers, items: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        counted(instrument, answers)
    assert slugs(refused) == ["answer-out-of-range"]
    assert refused.value.refusals[0].facts["items"] == items


@pytest.mark.parametrize("instrument", SUMMED)
def test_an_item_that_is_left_out_is_named(instrument: Instrument) -> None:
    answers = (1, *(0,) * (len(ITEMS[instrument]) - 2), None)
    with pytest.raises(Refused) as refused:
        counted(instrument, answers)
    assert slugs(refused) == ["answer-missing"]
    assert refused.value.refusals[0].facts["items"] == (str(len(answers)),)


def test_a_form_may_skip_what_its_own_rule_skips_and_nothing_else() -> None:
    never_drinks = (0, *(None,) * 7, 2, 0)
    assert audit(*never_drinks).score == 2
    never_to_excess = (2, 0, 0, *(None,) * 5, 0, 0)
    assert audit(*never_to_excess).score == 2
    with pytest.raises(Refused) as refused:
        audit(2, 1, 0, *(None,) * 5, 0, 0)
    assert refused.value.refusals[0].facts["items"] == ("4", "5", "6", "7", "8")


def test_questions_on_method_and_plan_are_skipped_only_without_thoughts() -> None:
    assert counted(Instrument.CSSRS, (1, 0, None, None, None, 0, 0)).score == 1
    with pytest.raises(Refused) as refused:
        counted(Instrument.CSSRS, (1, 1, None, 0, 0, 0, 0))
    assert slugs(refused) == ["answer-missing"]


def test_recent_behaviour_without_any_is_asked_again() -> None:
    with pytest.raises(Refused) as refused:
        counted(Instrument.CSSRS, (0, 0, 0, 0, 0, 0, 1))
    assert slugs(refused) == ["answers-contradict"]


@pytest.mark.parametrize(
    ("instrument", "score", "expected"),
    [
        (Instrument.PHQ9, 4, Band.MINIMAL),
        (Instrument.PHQ9, 5, Band.MILD),
        (Instrument.PHQ9, 10, Band.MODERATE),
        (Instrument.PHQ9, 15, Band.MODERATELY_SEVERE),
        (Instrument.PHQ9, 20, Band.SEVERE),
        (Instrument.GAD7, 9, Band.MILD),
        (Instrument.GAD7, 10, Band.MODERATE),
        (Instrument.GAD7, 15, Band.SEVERE),
        (Instrument.AUDIT, 7, Band.LOW_RISK),
        (Instrument.AUDIT, 8, Band.HAZARDOUS),
        (Instrument.AUDIT, 15, Band.HAZARDOUS),
        (Instrument.AUDIT, 16, Band.HIGH_RISK),
        (Instrument.AUDIT, 19, Band.HIGH_RISK),
        (Instrument.AUDIT, 20, Band.PROBABLE_DEPENDENCE),
        (Instrument.PCL5, 30, Band.BELOW_CUT),
        (Instrument.PCL5, 31, Band.AT_CUT),
        (Instrument.DAST10, 2, Band.BELOW_CUT),
        (Instrument.DAST10, 3, Band.AT_CUT),
    ],
)
def test_the_bands_begin_where_the_instrument_has_them(
    instrument: Instrument, score: int, expected: Band
) -> None:
    assert band(totalled(instrument, score), CUTS) is expected


@pytest.mark.parametrize(
    ("instrument", "below"),
    [
        (Instrument.PHQ9, 9),
        (Instrument.GAD7, 9),
        (Instrument.PCL5, 30),
        (Instrument.AUDIT, 7),
        (Instrument.DAST10, 2),
        (Instrument.CSSRS, 3),
    ],
)
def test_the_cut_is_the_clinics(instrument: Instrument, below: int) -> None:
    assert not reaches_cut(totalled(instrument, below), CUTS)
    assert reaches_cut(totalled(instrument, below + 1), CUTS)


def test_a_clinic_may_choose_a_higher_cut_for_what_is_only_shown() -> None:
    assert not reaches_cut(totalled(Instrument.PCL5, 44), ScreeningCuts(pcl5=45))


@pytest.mark.parametrize("instrument", Instrument)
def test_a_total_that_no_form_can_give_is_refused(instrument: Instrument) -> None:
    for score in (-1, HIGHEST[instrument] + 1):
        with pytest.raises(Refused) as refused:
            totalled(instrument, score)
        assert slugs(refused) == ["score-out-of-range"]


def test_intent_plan_or_recent_behaviour_is_emergent_and_nothing_less() -> None:
    assert is_emergent(cssrs(1, 2, 4), CUTS)
    assert is_emergent(cssrs(1, 2, 3, 4, 5), CUTS)
    assert is_emergent(cssrs(recent=True), CUTS)
    assert not is_emergent(cssrs(1, 2, 3, ever=True), CUTS)
    assert is_emergent(cssrs(1, 2, 3), ScreeningCuts(cssrs_emergent=3))


@pytest.mark.parametrize(
    ("yes", "ever", "expected"),
    [
        ((), False, Band.MINIMAL),
        ((1, 2), False, Band.LOW_RISK),
        ((1, 2, 3), False, Band.MODERATE),
        ((), True, Band.MODERATE),
        ((1, 2, 3, 4), False, Band.HIGH_RISK),
    ],
)
def test_the_risk_that_a_screener_shows(yes: tuple[int, ...], ever: bool, expected: Band) -> None:
    assert band(cssrs(*yes, ever=ever), CUTS) is expected


def test_a_form_remembers_its_answers_and_a_total_has_none() -> None:
    assert phq9(thoughts=2).answers[8] == 2
    assert not totalled(Instrument.PHQ9, 10).complete
