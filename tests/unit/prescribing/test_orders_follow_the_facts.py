"""Orders are looked at again whenever a fact changes (rulings 17, 18 and 20, INV-10 to 18)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.dose_order_states import DoseOrderStatus, StopCause
from services.prescribing.domain.events import (
    DoseAuthorized,
    DoseOrderClosed,
    DoseWithheld,
    SafetyHoldPlaced,
)
from services.prescribing.handlers.when_course_changes import (
    when_consent_withdrawn,
    when_others_hold_placed,
)
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    at,
    told,
)
from tests.unit.prescribing.day import SCOPES, Day

S = DoseOrderStatus


@pytest.fixture
def day() -> Day:
    return Day()


def others_hold(severity: HoldSeverity, number: int = 70) -> OthersHold:
    return OthersHold(
        hold_id=UUID(int=number),
        owner="intake",
        category=HoldCategory.CONTRAINDICATION,
        blocks=(HoldBlock.START, HoldBlock.DOSE),
        severity=severity,
    )


async def held(day: Day, clock: str, severity: HoldSeverity) -> None:
    await day.hear(clock, lambda f: f.place(told(others_hold(severity))), look=False)
    await when_others_hold_placed(
        day.act(None, clock),
        course_id=COURSE,
        client_id=CLIENT,
        category=HoldCategory.CONTRAINDICATION,
        cause=str(UUID(int=70)),
    )


def later() -> object:
    return told(at("08:00") + timedelta(days=365))


FACTS: dict[str, Callable[[Day], Awaitable[None]]] = {
    "booking": lambda day: day.booked(),
    "consent": lambda day: day.hear(
        "08:31",
        lambda f: f.grant(UUID(int=25), SCOPES, later()),  # type: ignore[arg-type]
    ),
    "preparation": lambda day: day.hear("08:32", lambda f: f.prepare(told(2))),
    "hold lifted": lambda day: day.hear(
        "08:33", lambda f: f.lift("intake", UUID(int=70), "lifted")
    ),
}


@pytest.mark.parametrize("names", list(permutations(sorted(FACTS))), ids=", ".join)
async def test_an_order_is_authorised_by_the_last_missing_fact_whichever_it_is(
    day: Day, names: tuple[str, ...]
) -> None:
    await day.approved()
    day.uow.learn(
        lambda f: replace(
            f.end_consent(UUID(int=21), SCOPES, "w").place(told(others_hold(HoldSeverity.PAUSE))),
            prepared=None,
        )
    )
    for name in names[:-1]:
        await FACTS[name](day)
        assert not day.told_by(DoseAuthorized)

    await FACTS[names[-1]](day)

    assert len(day.told_by(DoseAuthorized)) == 1


async def test_a_repeated_fact_changes_nothing(day: Day) -> None:
    await day.approved()
    await day.booked()
    told_so_far = list(day.uow.events)

    await day.booked()
    await day.hear("08:40", lambda f: f)

    assert day.uow.events == told_so_far
    assert len(day.uow.dose_orders.states) == 1


async def test_cancelling_and_booking_again_returns_the_authorisation_once(day: Day) -> None:
    """INV-13."""
    await day.approved(sessions=1)
    await day.booked()
    for _ in range(2):
        await day.hear_of_session("08:40", lambda s: replace(s, cancelled=told(at("08:40"))))
    assert (await day.rx()).available == 1

    await day.booked("08:50", session=UUID(int=4))

    assert (await day.order(UUID(int=4))).status is S.AUTHORISED
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]


async def test_rescheduling_closes_the_old_order_and_requests_a_new_one(day: Day) -> None:
    """Ruling 18."""
    await day.approved(sessions=1)
    await day.booked()
    first = await day.order()

    await day.booked("08:40", starts=at("13:00"), version=2)

    old = await day.uow.dose_orders.get(first.id)
    new = await day.order()
    assert (old.status, old.count) == (S.CLOSED, 0)
    assert old.stopped.cause is StopCause.RESCHEDULED
    assert (new.status, new.valid_until) == (S.AUTHORISED, at("16:00"))


async def test_a_stop_hold_ends_the_order_and_its_lifting_brings_a_new_one(day: Day) -> None:
    """Rulings 17 and 18: the session was still scheduled."""
    await day.approved(sessions=1)
    await day.booked()

    await held(day, "08:40", HoldSeverity.STOP)
    assert (await day.order()).status is S.CLOSED
    assert len(day.told_by(DoseWithheld)) == 1
    assert not day.told_by(SafetyHoldPlaced)

    await day.hear("08:50", lambda f: f.lift("intake", UUID(int=70), "lifted"))

    assert (await day.order()).status is S.AUTHORISED
    assert len(day.told_by(DoseAuthorized)) == 2


async def test_a_pause_hold_leaves_the_order(day: Day) -> None:
    await day.approved()
    await day.booked()

    await held(day, "08:40", HoldSeverity.PAUSE)

    assert (await day.order()).status is S.AUTHORISED


async def test_withdrawn_consent_ends_an_undosed_order_until_there_is_a_new_signature(
    day: Day,
) -> None:
    await day.approved()
    await day.booked()
    await day.hear(
        "08:40",
        lambda f: f.end_consent(UUID(int=21), (ConsentScope.TREATMENT,), "w"),
        look=False,
    )
    await when_consent_withdrawn(day.act(None, "08:40"), course_id=COURSE, client_id=CLIENT)
    assert (await day.order()).status is S.CLOSED
    assert len(day.uow.dose_orders.states) == 1

    await FACTS["consent"](day)

    assert (await day.order()).status is S.AUTHORISED


async def test_withdrawing_a_signature_that_was_renewed_ends_nothing(day: Day) -> None:
    await day.approved()
    await FACTS["consent"](day)
    await day.booked()
    await day.hear("08:40", lambda f: f.end_consent(UUID(int=21), SCOPES, "w"), look=False)

    await when_consent_withdrawn(day.act(None, "08:40"), course_id=COURSE, client_id=CLIENT)

    assert (await day.order()).status is S.AUTHORISED


async def test_withdrawn_consent_after_a_dose_leaves_recovery_alone(day: Day) -> None:
    """INV-20."""
    await day.to_the_dose()
    await day.hear("10:10", lambda f: f.end_consent(UUID(int=21), SCOPES, "w"), look=False)

    await when_consent_withdrawn(day.act(None, "10:10"), course_id=COURSE, client_id=CLIENT)

    assert (await day.order()).status is S.ADMINISTERED
    assert (await day.recovery()).open
