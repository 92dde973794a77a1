"""An authorisation that is refused leaves a receipt, and looks at all of a client's courses."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.prescribing.domain.authorisation import AUTHORISING
from services.prescribing.domain.dose_order_states import Dose, DoseOrderStatus, StopCause
from services.prescribing.domain.events import DoseAuthorized
from shared.decisions import Change, Decision
from tests.unit.prescribing.clinic import at, requested, told
from tests.unit.prescribing.day import Day

EARLIER_COURSE = UUID(int=900)


@pytest.fixture
def day() -> Day:
    return Day()


def decided(day: Day) -> list[Decision]:
    return [one for one in day.uow.receipts.kept if one.gate == AUTHORISING]


def slugs(decision: Decision) -> list[str]:
    return sorted(refusal.slug for refusal in decision.refusals)


async def test_a_refusal_is_kept_once_until_its_reasons_change(day: Day) -> None:
    await day.approved()
    day.uow.learn(lambda f: replace(f, prepared=None).revoke_approval(UUID(int=20), "r"))
    await day.booked()
    assert [slugs(one) for one in decided(day)] == [
        ["approval-not-current", "preparation-not-completed"]
    ]

    await day.hear("08:36", lambda f: f)
    assert len(decided(day)) == 1

    await day.hear(
        "08:40", lambda f: f.approve(UUID(int=26), told(at("08:00") + timedelta(days=365)))
    )
    await day.hear("08:45", lambda f: f.prepare(told(2)))
    assert [slugs(one) for one in decided(day)][1:] == [["preparation-not-completed"], []]
    assert (await day.order()).refused_for == ()
    assert len(day.told_by(DoseAuthorized)) == 1


async def _dosed_in_an_earlier_course(day: Day, *days_before: int) -> None:
    for number, days in enumerate(days_before):
        given_at = at("10:00") - timedelta(days=days)
        order = replace(
            requested(),
            id=UUID(int=910 + number),
            session_id=UUID(int=920 + number),
            course_id=EARLIER_COURSE,
            status=DoseOrderStatus.CLOSED,
            doses=(Dose(seq=1, administered_at=given_at, timing_profile="SL-STD"),),
        )
        await day.uow.dose_orders.save(Change(order))


async def test_two_doses_of_an_earlier_course_leave_no_third_in_the_week(day: Day) -> None:
    """INV-16, for a client who came back."""
    await day.approved()
    await _dosed_in_an_earlier_course(day, 5, 2)
    await day.booked()

    assert [slugs(one) for one in decided(day)] == [["too-many-doses-in-seven-days"]]
    assert not day.told_by(DoseAuthorized)


async def test_one_dose_of_an_earlier_course_and_older_ones_do_not_stand_in_the_way(
    day: Day,
) -> None:
    await day.approved()
    await _dosed_in_an_earlier_course(day, 30, 9, 2)
    await day.booked()

    assert len(day.told_by(DoseAuthorized)) == 1


async def _authorised(day: Day) -> None:
    await day.approved()
    await day.booked()
    assert [slugs(one) for one in decided(day)] == [[]]


async def test_a_guard_that_lapses_leaves_the_receipt_of_why(day: Day) -> None:
    """INV-16, ruling 20: doses that came to light late end an order, and the receipt names them."""
    await _authorised(day)
    await _dosed_in_an_earlier_course(day, 5, 2)
    await day.hear("08:50", lambda f: f)

    stopped = (await day.order()).stopped
    assert stopped is not None
    assert stopped.cause is StopCause.GUARD_LAPSED
    assert [slugs(one) for one in decided(day)][1:] == [["too-many-doses-in-seven-days"]]


async def test_a_revoked_approval_leaves_the_receipt_of_why(day: Day) -> None:
    await _authorised(day)
    await day.hear("08:50", lambda f: f.revoke_approval(UUID(int=20), "r"))

    stopped = (await day.order()).stopped
    assert stopped is not None
    assert stopped.cause is StopCause.APPROVAL_REVOKED
    assert "approval-not-current" in slugs(decided(day)[1])


async def test_a_session_that_is_off_decides_nothing_again(day: Day) -> None:
    await _authorised(day)
    await day.hear_of_session("08:50", lambda s: replace(s, cancelled=told(at("08:50"))))

    assert (await day.order()).stopped is not None
    assert len(decided(day)) == 1
