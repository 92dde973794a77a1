"""What an indication or a questionnaire says, nobody has to state (3.10, F06, F07, C-07, C-09)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.implied_findings import implied_by
from services.intake.domain.instruments import ITEMS, Instrument, InstrumentScore
from services.intake.domain.scoring import counted, totalled
from shared.protocol import FINDINGS, FindingCode, Grade, HoldCategory, Indication, ScreeningCuts
from tests.unit.intake.forms import audit, cssrs, phq9

CUTS = ScreeningCuts()
HIGH = (FindingCode.SUICIDALITY_HIGH,)


def found(*scores: InstrumentScore) -> tuple[FindingCode, ...]:
    return implied_by((), scores, CUTS)


def test_a_clean_form_implies_nothing() -> None:
    assert found(phq9(), cssrs(), audit(*(0,) * 10)) == ()


@pytest.mark.parametrize("thoughts", [1, 2, 3])
def test_thoughts_of_death_open_the_crisis_pathway(thoughts: int) -> None:
    assert found(phq9(thoughts=thoughts)) == HIGH
    assert found(phq9(thoughts=0, others=3)) == ()


def test_thoughts_that_are_assessed_in_the_same_form_are_a_prescribers_to_weigh() -> None:
    assert found(phq9(thoughts=1), cssrs(1, 2)) == (FindingCode.SUICIDAL_THOUGHTS,)
    assert found(phq9(thoughts=1), cssrs(1, 2, 4)) == HIGH


def test_a_total_of_the_screener_is_no_assessment() -> None:
    assert found(phq9(thoughts=1), totalled(Instrument.CSSRS, 2)) == HIGH


def test_intent_plan_and_recent_behaviour_open_it_too_and_old_behaviour_does_not() -> None:
    assert found(cssrs(4)) == HIGH
    assert found(cssrs(5)) == HIGH
    assert found(cssrs(recent=True)) == HIGH
    assert found(cssrs(1, 2, 3, ever=True)) == ()


def test_a_total_that_eight_items_cannot_give_tells_of_the_ninth() -> None:
    assert found(totalled(Instrument.PHQ9, 24)) == ()
    assert found(totalled(Instrument.PHQ9, 25)) == HIGH


def test_drinking_that_is_high_is_reviewed_and_excludes_nobody() -> None:
    hazardous = audit(4, 4, 4, *(0,) * 5, 2, 0)
    high = audit(4, 4, 4, *(0,) * 5, 4, 0)
    assert (hazardous.score, high.score) == (14, 16)
    assert found(hazardous) == ()
    assert found(high) == (FindingCode.SUBSTANCE_USE_SCREEN_HIGH,)
    assert FINDINGS[FindingCode.SUBSTANCE_USE_SCREEN_HIGH].grade is Grade.RELATIVE


@pytest.mark.parametrize(
    ("indication", "code"),
    [
        (Indication.BIPOLAR, FindingCode.BIPOLAR_DX),
        (Indication.ADDICTION, FindingCode.SUD_AS_INDICATION),
        (Indication.SUICIDAL_IDEATION, FindingCode.SUICIDALITY_AS_INDICATION),
    ],
)
def test_some_indications_bring_their_finding(indication: Indication, code: FindingCode) -> None:
    assert implied_by((indication, indication), (), CUTS) == (code,)


def test_the_other_indications_bring_none() -> None:
    others = set(Indication) - {
        Indication.BIPOLAR,
        Indication.ADDICTION,
        Indication.SUICIDAL_IDEATION,
    }
    assert implied_by(others, (), CUTS) == ()


def test_treated_suicidality_is_held_for_both_roles_and_a_plan() -> None:
    meaning = FINDINGS[FindingCode.SUICIDALITY_AS_INDICATION]
    assert meaning.hold is HoldCategory.SUICIDALITY


@given(st.data(), st.sampled_from(Instrument))
def test_no_answer_of_any_form_excludes(data: st.DataObject, instrument: Instrument) -> None:
    """A score holds or asks for review; only a clinician states what excludes."""
    answers = list(data.draw(st.tuples(*(st.sampled_from(one) for one in ITEMS[instrument]))))
    if instrument is Instrument.CSSRS and answers[6]:
        answers[5] = 1
    for code in found(counted(instrument, tuple(answers))):
        assert FINDINGS[code].grade is Grade.RELATIVE
