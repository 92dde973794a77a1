"""Ruling 12: a dose is recorded late, and judged by what was so when it was taken."""

import pytest

from services.prescribing.domain.events import IncidentRecorded, SafetyHoldPlaced
from services.prescribing.handlers.revoke_prescription import (
    RevokePrescription,
    revoke_prescription,
)
from services.prescribing.handlers.withhold_dose import ReturnMedicine, return_medicine
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import (
    NURSE,
    PRESCRIBER,
    WITNESS,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.facts_over_time import (
    AFTER,
    BEFORE,
    Step,
    cancelled,
    ended,
    held,
    stopped,
)


@pytest.fixture
async def day() -> Day:
    """In the room at ten to ten, checked, with the medicine out since five to ten."""
    day = Day()
    await day.into_the_room()
    await day.released()
    return day


def named(day: Day) -> set[str]:
    return {slug for e in day.told_by(IncidentRecorded) for slug in e.broken_rules or ()}


async def test_medicine_that_was_out_then_and_given_back_since_was_released(day: Day) -> None:
    """Neither the return nor the withheld order speaks against a dose of before."""
    await return_medicine(
        ReturnMedicine(order_id=(await day.order()).id, witness_ref=WITNESS),
        day.act(NURSE, "10:10"),
    )
    await day.recorded_late("10:30")
    assert named(day) == set()


async def test_medicine_that_had_gone_back_by_then_was_not_released(day: Day) -> None:
    await return_medicine(
        ReturnMedicine(order_id=(await day.order()).id, witness_ref=WITNESS),
        day.act(NURSE, "09:58"),
    )
    await day.recorded_late("10:30")
    assert named(day) == {"medicine-not-released", "order-not-authorised"}


async def test_a_release_after_the_dose_does_not_count_for_it(day: Day) -> None:
    await day.recorded_late("10:10", given="09:54")
    assert named(day) == {"medicine-not-released"}


@pytest.mark.parametrize(
    ("revoked_at", "expected"), [("10:05", set()), ("09:57", {"prescription-not-active"})]
)
async def test_a_prescription_is_asked_as_it_was(
    day: Day, revoked_at: str, expected: set[str]
) -> None:
    await revoke_prescription(
        RevokePrescription(
            prescription_id=(await day.rx()).id, category=HoldCategory.ADMINISTRATIVE
        ),
        day.act(PRESCRIBER, revoked_at),
    )
    await day.recorded_late("10:30")
    assert expected <= named(day)
    assert bool(named(day)) is bool(expected)


async def test_a_check_of_after_the_dose_does_not_replace_the_one_of_before(day: Day) -> None:
    """INV-14 twin: the readings after a dose say nothing about the minute before it."""
    await day.measured("10:15", systolic=185)
    await day.recorded_late("10:30")
    assert named(day) == set()


async def test_a_check_that_was_not_there_yet_does_not_count(day: Day) -> None:
    await day.recorded_late("10:30", given="09:40")
    assert "pre-dose-check-not-valid" in named(day)


async def test_a_fact_that_arrives_after_the_record_still_names_the_deviation(day: Day) -> None:
    """Guards are conditions, not moments (ruling 20): once, and the dose remembers it."""
    order = await day.recorded_late("10:10")
    assert (named(day), order.doses[0].deviation) == (set(), False)

    for clock in ("10:20", "10:25"):
        await day.hear(clock, held(BEFORE))

    order = await day.order()
    assert order.doses[0].deviation
    assert named(day) == {"hold-blocks-dose"}
    assert len(day.told_by(IncidentRecorded)) == 1
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [HoldCategory.ADVERSE_EVENT]


@pytest.mark.parametrize("late", [held(AFTER), stopped(AFTER), ended(AFTER), cancelled(AFTER)])
async def test_a_later_fact_does_not(day: Day, late: Step) -> None:
    await day.recorded_late("10:10")
    await day.hear("10:20", late)
    assert named(day) == set()


async def test_a_dose_that_passed_its_gate_is_not_judged_again(day: Day) -> None:
    """Its peers were asked in that very moment (ruling 6)."""
    await day.given()
    await day.hear("10:20", held(BEFORE))
    assert named(day) == set()
