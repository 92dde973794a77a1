"""Pregnancy, fasting and perceptual change before a dose (sections 2.1 and 3.11, C-08)."""

from dataclasses import replace
from typing import Any

import pytest

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.effects import context_of
from services.prescribing.domain.events import DoseOrderClosed, SafetyHoldPlaced
from services.prescribing.domain.predose_grading import Circumstances, PregnancyResult, grade
from services.prescribing.domain.vocabulary import CheckOutcome
from services.prescribing.handlers.hold_course import LiftHold, lift_hold
from shared.protocol import FindingContext, HoldCategory, PregnancyTest
from tests.unit.prescribing.clinic import PRESCRIBER, PROTOCOL, at, readings
from tests.unit.prescribing.day import Day

R = PregnancyResult


def holding(policy: PregnancyTest, known: Circumstances, **changes: Any) -> tuple[str, ...]:
    thresholds = replace(PROTOCOL.predose, pregnancy_test=policy)
    return grade(readings(**changes), thresholds, known).holding


@pytest.mark.parametrize(
    ("policy", "in_course", "in_session", "due"),
    [
        (PregnancyTest.NEVER, False, False, False),
        (PregnancyTest.FIRST, False, False, True),
        (PregnancyTest.FIRST, True, False, False),
        (PregnancyTest.EACH, True, False, True),
        (PregnancyTest.EACH, True, True, False),
    ],
)
def test_a_test_is_due_as_the_clinic_says(
    policy: PregnancyTest, in_course: bool, in_session: bool, due: bool
) -> None:
    known = Circumstances(tested_in_course=in_course, tested_in_session=in_session)
    missing = holding(policy, known, pregnancy_test=R.NOT_DONE)

    assert missing == (("pregnancy-test-missing",) if due else ())
    for answer in (R.NEGATIVE, R.NOT_APPLICABLE):
        assert holding(policy, known, pregnancy_test=answer) == ()


@pytest.mark.parametrize("policy", list(PregnancyTest))
def test_the_attestation_is_asked_each_time_and_a_positive_test_always_holds(
    policy: PregnancyTest,
) -> None:
    known = Circumstances(tested_in_course=True, tested_in_session=True)

    assert holding(policy, known, pregnancy_attested=False) == ("pregnancy-not-attested",)
    assert holding(policy, known, pregnancy_test=R.POSITIVE) == ("pregnancy-test-positive",)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"food_hours": 4.0, "liquid_hours": 2.0}, CheckOutcome.PASS),
        ({"food_hours": 3.9}, CheckOutcome.REVIEW),
        ({"liquid_hours": 1.9}, CheckOutcome.REVIEW),
        ({"fasting_ok": False, "food_hours": 9.0}, CheckOutcome.REVIEW),
    ],
)
def test_hours_without_food_and_drink_are_the_clinics(
    changes: dict[str, Any], outcome: CheckOutcome
) -> None:
    assert grade(readings(**changes), PROTOCOL.predose).outcome is outcome


def test_a_perceptual_change_means_what_its_time_says() -> None:
    """C-08: baseline, expected, persistent."""
    until = at("12:55")

    assert context_of(at("09:45"), None) is FindingContext.BASELINE
    assert context_of(at("12:54"), until) is FindingContext.DRUG_EXPECTED
    assert context_of(at("12:55"), until) is FindingContext.PERSISTENT


def test_a_perceptual_change_with_a_dose_on_board_holds_no_further_dose() -> None:
    on_board = Circumstances(context=FindingContext.DRUG_EXPECTED)

    assert grade(readings(perceptual_changes=True), PROTOCOL.predose, on_board).holding == ()


@pytest.mark.parametrize(
    "found", [{"pregnancy_test": R.POSITIVE}, {"perceptual_changes": True}], ids=str
)
async def test_a_finding_of_the_day_is_a_contraindication_and_ends_the_order(
    found: dict[str, Any],
) -> None:
    """Ruling 19: prescribing places it on the day of dosing; ruling 17: a stop withholds."""
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()

    await day.measured(**found)

    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [
        HoldCategory.CONTRAINDICATION
    ]
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]
    assert (await day.rx()).available == 2


async def test_one_negative_test_answers_for_the_course() -> None:
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured("09:40", pregnancy_test=R.NOT_DONE)
    assert (await day.order()).status is DoseOrderStatus.AUTHORISED

    await day.measured("09:45")
    again = await day.measured("09:47", pregnancy_test=R.NOT_DONE)

    assert again.latest.outcome is CheckOutcome.PASS
    assert (await day.order()).status is DoseOrderStatus.CHECKED


async def test_no_lifted_vitals_hold_passes_a_finding() -> None:
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured(systolic=165, perceptual_changes=True)
    vitals = next(
        h for h in day.uow.safety_holds.states.values() if h.category is HoldCategory.VITALS
    )

    await lift_hold(LiftHold(hold_id=vitals.id), day.act(PRESCRIBER, "09:50"))

    (checks,) = day.uow.checks.states.values()
    assert not checks.passes_at(at("09:50"))
