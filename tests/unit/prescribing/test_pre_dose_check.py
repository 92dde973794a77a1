from typing import Any
from uuid import uuid4

import pytest

from services.prescribing.domain.pre_dose_check import PreDoseCheck, PreDoseStatus
from services.prescribing.domain.predose_grading import MoodConcern, grade
from services.prescribing.domain.vocabulary import CheckOutcome, MoodRescreen
from shared.decisions import Refused
from shared.protocol import DrugClass, HoldCategory
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    at,
    readings,
    slugs,
)

PREDOSE = PROTOCOL.predose


@pytest.fixture
def awaited() -> PreDoseCheck:
    return PreDoseCheck.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=SESSION)


def record(checks: PreDoseCheck, clock: str, **changes: Any) -> PreDoseCheck:
    return checks.record(uuid4(), readings(**changes), PREDOSE, by=NURSE, at=at(clock)).state


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, CheckOutcome.PASS),
        ({"systolic": 139, "diastolic": 89}, CheckOutcome.PASS),
        ({"systolic": 140}, CheckOutcome.REVIEW),
        ({"diastolic": 90}, CheckOutcome.REVIEW),
        ({"systolic": 159, "diastolic": 99}, CheckOutcome.REVIEW),
        ({"systolic": 160}, CheckOutcome.HOLD),
        ({"diastolic": 100}, CheckOutcome.HOLD),
        ({"heart_rate": 50}, CheckOutcome.PASS),
        ({"heart_rate": 49}, CheckOutcome.HOLD),
        ({"heart_rate": 101}, CheckOutcome.HOLD),
        ({"spo2": 95}, CheckOutcome.PASS),
        ({"spo2": 94}, CheckOutcome.HOLD),
        ({"fasting_ok": False}, CheckOutcome.REVIEW),
        ({"medication_changes": True}, CheckOutcome.REVIEW),
        ({"pregnancy_attested": False}, CheckOutcome.HOLD),
        ({"mood_rescreen": MoodRescreen.HIGH}, CheckOutcome.HOLD),
        ({"drug_classes": (DrugClass.BENZODIAZEPINE,)}, CheckOutcome.PASS),
        ({"drug_classes": (DrugClass.MAOI,)}, CheckOutcome.REVIEW),
        ({"drug_classes": (DrugClass.THEOPHYLLINE,)}, CheckOutcome.HOLD),
        ({"drug_classes": (DrugClass.MAOI, DrugClass.THEOPHYLLINE)}, CheckOutcome.HOLD),
    ],
)
def test_the_worst_reading_decides(changes: dict[str, Any], outcome: CheckOutcome) -> None:
    assert grade(readings(**changes), PREDOSE).outcome is outcome


def test_the_concern_behind_a_high_rescreen_chooses_the_hold() -> None:
    assert MoodConcern.MANIA.category is HoldCategory.CONTRAINDICATION
    assert MoodConcern.SUICIDALITY.category is HoldCategory.SUICIDALITY


def test_a_pass_is_valid_for_thirty_minutes(awaited: PreDoseCheck) -> None:
    checks = record(awaited, "09:45")

    assert not checks.passes_at(at("09:44"))
    assert checks.passes_at(at("09:45"))
    assert checks.passes_at(at("10:15"))
    assert not checks.passes_at(at("10:16"))


def test_nothing_passes_before_anybody_measured(awaited: PreDoseCheck) -> None:
    assert awaited.status is PreDoseStatus.AWAITED
    assert not awaited.passes_at(at("09:45"))


def test_a_new_check_replaces_the_older_one_whatever_it_says(awaited: PreDoseCheck) -> None:
    held = record(record(awaited, "09:45"), "09:50", systolic=165)

    assert held.status is PreDoseStatus.HELD
    assert not held.passes_at(at("09:50"))
    assert held.check_version == 2


def test_an_old_pass_that_comes_late_does_not_replace_a_newer_hold(awaited: PreDoseCheck) -> None:
    """INV-14."""
    held = record(awaited, "09:50", systolic=165)

    with pytest.raises(Refused) as refused:
        record(held, "09:45")

    assert slugs(refused.value) == {"check-older-than-latest"}


def test_the_prescriber_passes_a_review_as_the_same_check(awaited: PreDoseCheck) -> None:
    """Ruling 17, J9."""
    review = record(awaited, "10:00", systolic=150)
    check_id = review.checks[-1].check_id

    change = review.accept(check_id, "benefit outweighs", by=PRESCRIBER, at=at("10:05"))

    (event,) = change.events
    assert (event.check_id, event.check_version, event.outcome) == (  # type: ignore[union-attr]
        check_id,
        2,
        CheckOutcome.PASS,
    )
    assert change.state.passes_at(at("10:10"))
    assert not change.state.passes_at(at("10:31"))


def test_nobody_else_passes_a_review(awaited: PreDoseCheck) -> None:
    review = record(awaited, "10:00", systolic=150)

    with pytest.raises(Refused) as refused:
        review.accept(review.checks[-1].check_id, "fine", by=NURSE, at=at("10:05"))

    assert slugs(refused.value) == {"review-needs-prescriber"}


def test_a_hold_cannot_be_accepted(awaited: PreDoseCheck) -> None:
    held = record(awaited, "10:00", systolic=165)

    with pytest.raises(Refused) as refused:
        held.accept(held.checks[-1].check_id, "fine", by=PRESCRIBER, at=at("10:05"))

    assert slugs(refused.value) == {"check-not-in-review"}


def test_a_review_that_ran_out_is_measured_again(awaited: PreDoseCheck) -> None:
    review = record(awaited, "10:00", systolic=150)

    with pytest.raises(Refused) as refused:
        review.accept(review.checks[-1].check_id, "fine", by=PRESCRIBER, at=at("10:31"))

    assert slugs(refused.value) == {"check-expired"}


def test_only_the_newest_check_can_be_accepted(awaited: PreDoseCheck) -> None:
    review = record(awaited, "10:00", systolic=150)
    newer = record(review, "10:05", systolic=150)

    with pytest.raises(Refused) as refused:
        newer.accept(review.checks[-1].check_id, "fine", by=PRESCRIBER, at=at("10:06"))

    assert slugs(refused.value) == {"check-superseded"}


def test_lifting_the_vitals_hold_passes_the_check_behind_it(awaited: PreDoseCheck) -> None:
    held = record(awaited, "10:00", systolic=165)

    assert held.pass_by_lift(by=PRESCRIBER, at=at("10:05")).state.passes_at(at("10:05"))
    assert not held.pass_by_lift(by=PRESCRIBER, at=at("10:40")).state.passes_at(at("10:40"))


def test_no_lift_passes_a_high_mood_rescreen(awaited: PreDoseCheck) -> None:
    held = record(awaited, "09:40", systolic=165, mood_rescreen=MoodRescreen.HIGH)

    assert held.pass_by_lift(by=PRESCRIBER, at=at("09:45")).state == held
