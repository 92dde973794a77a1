"""Clearing a client, and how long that lasts (INV-20 to 23, ruling 16)."""

import pytest

from services.prescribing.domain.clearance import CHECK_AGAIN
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    DoseOrderClosed,
)
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.handlers.deadlines import (
    when_clearance_runs_out,
    when_minimum_observation_is_over,
)
from shared.decisions import Refused, Unproven
from tests.unit.prescribing.clinic import (
    at,
    slugs,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import due_timer


@pytest.fixture
async def day() -> Day:
    """The dose was given at ten."""
    day = Day()
    await day.to_the_dose()
    return day


async def test_scheduling_is_asked_for_an_end_that_is_not_here_yet(day: Day) -> None:
    """Ruling 16: that transaction closes the order and clears; the event changes nothing."""
    await day.looked("12:32")
    day.therapy_has_ended("12:30")

    recovery = await day.cleared("12:35")

    assert recovery.status is RecoveryStatus.CLEARED
    assert [(e.administered_count, e.at) for e in day.told_by(DoseOrderClosed)] == [
        (1, at("12:30"))
    ]
    await day.ended("12:30")
    assert len(day.told_by(DoseOrderClosed)) == 1
    assert (await day.recovery()).status is RecoveryStatus.CLEARED


async def test_a_session_that_goes_on_is_not_cleared(day: Day) -> None:
    await day.looked("12:32")

    with pytest.raises(Refused) as refused:
        await day.cleared("12:35")

    assert not isinstance(refused.value, Unproven)
    assert slugs(refused.value) == {"session-not-ended"}


async def test_no_answer_about_the_end_is_no_clearance(day: Day) -> None:
    await day.looked("12:32")
    day.peers.scheduling_answer = None

    with pytest.raises(Unproven):
        await day.cleared("12:35")

    assert (await day.order()).status is DoseOrderStatus.ADMINISTERED


async def test_a_known_end_asks_nobody(day: Day) -> None:
    """INV-20 in the clinic's favour: the bus may be away."""
    await day.ended("12:30")
    await day.looked("12:32")
    asked = day.peers.asked

    await day.cleared("12:35")

    assert day.peers.asked == asked


async def test_a_clearance_runs_out_by_timer_and_wants_a_new_check(day: Day) -> None:
    await day.ended("12:30")
    await day.looked("12:32")
    recovery = await day.cleared("12:35")
    due = day.uow.timers.due["clearance_runs_out", recovery.id]
    assert due == at("13:05")

    await when_clearance_runs_out(due_timer(recovery.id, at("13:05")), day.act(None, "13:05"))
    assert (await day.recovery()).status is RecoveryStatus.READY
    with pytest.raises(Refused) as refused:
        await day.cleared("13:06")
    (refusal,) = refused.value.refusals
    assert refusal.unblocks_with == (CHECK_AGAIN,)

    await day.looked("13:07")
    assert (await day.cleared("13:08")).clearance_id != recovery.clearance_id


async def test_the_minimum_moves_the_board_on(day: Day) -> None:
    recovery = await day.recovery()
    assert day.uow.timers.due["minimum_observation_over", recovery.id] == at("12:00")

    await when_minimum_observation_is_over(
        due_timer(recovery.id, at("12:00")), day.act(None, "12:00")
    )

    assert (await day.recovery()).status is RecoveryStatus.ASSESSING
