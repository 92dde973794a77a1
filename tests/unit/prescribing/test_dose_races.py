"""What happens between asking and deciding (INV-8 to 12)."""

from dataclasses import replace

import pytest

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    DoseAdministered,
    DoseWithheld,
)
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.release_dose import ReleaseDose, release_dose
from shared.decisions import Refused, Unproven
from shared.storage import Freshness
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    SESSION,
    THERAPIST,
    at,
    intake_says,
    slugs,
    told,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import transactions

S = DoseOrderStatus


@pytest.fixture
async def day() -> Day:
    """In the room at ten to ten, everything checked."""
    day = Day()
    await day.into_the_room()
    return day


async def test_a_stop_between_release_and_dose_keeps_the_dose_away(day: Day) -> None:
    """INV-11."""
    await day.released()

    async def meanwhile() -> None:
        day.uow.learn(lambda f: f.in_session(SESSION, lambda s: replace(s, stop=told(at("09:59")))))
        await advance_course(day.uow, COURSE, CLIENT)

    day.peers.meanwhile = meanwhile
    with pytest.raises(Refused) as refused:
        await day.given()

    assert {"session-stopped", "order-not-authorised"} <= slugs(refused.value)
    order = await day.order()
    assert (order.status, order.medicine_out) == (S.WITHHELD, True)
    assert not day.told_by(DoseAdministered)
    assert len(day.told_by(DoseWithheld)) == 1


async def test_a_refusal_is_kept_and_lowers_the_flag(day: Day) -> None:
    day.peers.intake_answer = intake_says(course_status="closing")

    with pytest.raises(Refused) as refused:
        await day.released()

    assert slugs(refused.value) == {"course-not-active"}
    assert not (await day.order()).in_hand(day.uow.now)
    denied = day.uow.receipts.kept[-1]
    assert (denied.gate, denied.allowed) == ("G-DOSE", False)
    assert day.uow.concluded[1:] == []


async def test_the_flag_is_up_while_peers_are_asked(day: Day) -> None:
    """Ruling 7: whoever closes the course now sees it."""
    seen: list[bool] = []

    async def meanwhile() -> None:
        seen.append((await day.order()).in_hand(day.uow.now))

    day.peers.meanwhile = meanwhile
    await day.released()

    assert seen == [True]


@pytest.mark.parametrize("silent", ["intake_answer", "scheduling_answer"])
async def test_no_answer_means_no(day: Day, silent: str) -> None:
    setattr(day.peers, silent, None)

    with pytest.raises(Unproven):
        await day.released()

    assert (await day.order()).status is S.CHECKED


async def test_a_course_with_a_parked_event_is_unverifiable(day: Day) -> None:
    """INV-39."""
    day.uow.lanes = {**day.uow.lanes, "notifications": Freshness(age_seconds=1, parked=1)}

    with pytest.raises(Refused) as refused:
        await day.released()

    assert slugs(refused.value) == {"notifications-events-unverifiable"}


async def test_the_same_dose_told_twice_is_one_dose(day: Day) -> None:
    """INV-12."""
    await day.released()
    first = await day.given()
    asked = day.peers.asked

    assert await day.given("10:01") == first
    assert await day.given("10:02", administered_at=at("10:00")) == first
    assert day.peers.asked == asked
    assert len(day.told_by(DoseAdministered)) == 1


async def test_a_dose_given_longer_ago_than_a_pass_lasts_is_recorded_as_taken(day: Day) -> None:
    await day.released()

    with pytest.raises(Refused) as refused:
        await day.given("10:06", administered_at=at("10:00"))
    assert slugs(refused.value) == {"dose-not-within-the-gate"}

    await day.recorded_late("10:06", "10:00")
    assert (await day.order()).status is S.ADMINISTERED
    assert not day.uow.incidents.states
    assert not day.uow.safety_holds.states


async def test_a_dose_before_its_release_is_not_within_the_gate(day: Day) -> None:
    await day.released("09:58")

    with pytest.raises(Refused) as refused:
        await day.given("10:00", administered_at=at("09:57"))

    assert slugs(refused.value) == {"dose-not-within-the-gate"}


async def test_more_than_was_released_is_not_given(day: Day) -> None:
    await day.released()
    day.act(NURSE, "10:00")

    (ledger,) = day.uow.ledgers.states.values()
    with pytest.raises(Refused):
        ledger.administer(151.0, dose_seq=1, by=NURSE, at=at("10:00"))


async def test_a_therapist_gives_no_dose(day: Day) -> None:
    """Headline 11."""
    day.act(THERAPIST, "09:55")
    with pytest.raises(Refused) as refused:
        await release_dose(
            ReleaseDose(order_id=(await day.order()).id),
            transactions(day.uow),
            day.peers,
        )
    assert slugs(refused.value) == {"role-may-not-administer"}
