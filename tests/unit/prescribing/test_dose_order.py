from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import (
    ALLOWED,
    Dose,
    DoseOrderStatus,
    OrderTrigger,
    StopCause,
)
from services.prescribing.domain.events import (
    DoseAdministered,
    DoseAuthorized,
    DoseOrderClosed,
    DoseWithheld,
)
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import WITNESS, administered, at, released, requested, slugs

S, T = DoseOrderStatus, OrderTrigger
OBSERVE = at("12:00")


def dose(seq: int = 1, clock: str = "10:00", **changes: Any) -> Dose:
    given: dict[str, Any] = {"seq": seq, "administered_at": at(clock), "timing_profile": "SL-STD"}
    return Dose(**{**given, **changes})


STEPS: dict[OrderTrigger, Callable[[DoseOrder], Any]] = {
    T.AUTHORISE: lambda o: o.authorise(uuid4(), at("09:00")),
    T.CHECK: lambda o: o.check(),
    T.RELEASE: lambda o: o.release(),
    T.ADMINISTER: lambda o: o.administer(
        o.next_seq, administered_at=at("10:00"), timing_profile="SL-STD", observe_until=OBSERVE
    ),
    T.TAKE: lambda o: o.take(dose(o.next_seq), observe_until=OBSERVE, at=at("11:00")),
    T.STOP: lambda o: o.stop(StopCause.STOP_REQUESTED, HoldCategory.CONSENT, at("10:00")),
    T.RETURN: lambda o: o.return_medicine(HoldCategory.MEDICAL, at("10:00")),
    T.CLOSE: lambda o: o.close(at("12:30")),
}


def orders() -> dict[DoseOrderStatus, DoseOrder]:
    authorised = requested().authorise(uuid4(), at("09:00")).state
    checked = authorised.check().state
    out = released()
    returned = out.return_medicine(HoldCategory.MEDICAL, at("09:56")).state
    return {
        S.REQUESTED: requested(),
        S.AUTHORISED: authorised,
        S.CHECKED: checked,
        S.RELEASED: out,
        S.ADMINISTERED: administered(),
        S.WITHHELD: checked.stop(StopCause.HOLD, HoldCategory.MEDICAL, at("09:40")).state,
        S.CANCELLED: checked.stop(StopCause.SESSION_OFF, HoldCategory.LOGISTICS, at("09:40")).state,
        S.RETURNED: returned,
        S.CLOSED: returned.close(at("10:00")).state,
    }


@pytest.mark.parametrize("trigger", list(OrderTrigger))
@pytest.mark.parametrize("status", list(DoseOrderStatus))
def test_a_step_is_refused_wherever_the_table_does_not_have_it(
    status: DoseOrderStatus, trigger: OrderTrigger
) -> None:
    order = orders()[status]
    assert order.status is status
    if trigger in ALLOWED[status]:
        return
    with pytest.raises(Refused) as refused:
        STEPS[trigger](order)
    assert slugs(refused.value) == {f"order-cannot-{trigger}"}


@pytest.mark.parametrize("status", list(DoseOrderStatus))
def test_a_dose_that_was_taken_is_never_refused(status: DoseOrderStatus) -> None:
    """Ruling 12."""
    change = orders()[status].take(
        dose(orders()[status].next_seq, deviation=True, witness_ref=WITNESS),
        observe_until=OBSERVE,
        at=at("13:00"),
    )

    assert DoseAdministered in {type(e) for e in change.events}
    assert change.state.count == (2 if status is S.ADMINISTERED else 1)


def test_the_way_of_a_dose() -> None:
    order = requested()
    authorised = order.authorise(uuid4(), at("09:00"))
    (event,) = authorised.events
    assert isinstance(event, DoseAuthorized)
    assert event.valid_until == order.planned_end_at

    given = (
        authorised.state.check()
        .state.release()
        .state.administer(
            1, administered_at=at("10:00"), timing_profile="SL-STD", observe_until=OBSERVE
        )
    )
    (dosed,) = given.events
    assert isinstance(dosed, DoseAdministered)
    assert (dosed.at, dosed.dose_seq, dosed.observe_until) == (at("10:00"), 1, OBSERVE)

    closed = given.state.close(at("12:30"))
    assert [e.administered_count for e in closed.events] == [1]  # type: ignore[union-attr]


def test_the_same_dose_is_not_given_twice() -> None:
    """INV-12."""
    with pytest.raises(Refused) as refused:
        administered().administer(
            1, administered_at=at("10:01"), timing_profile="SL-STD", observe_until=OBSERVE
        )
    assert slugs(refused.value) == {"dose-seq-not-next"}


def test_a_taken_dose_makes_no_order_authorised() -> None:
    """Found by the state machine: a booster on an order that nobody ever authorised."""
    for before in (orders()[S.REQUESTED], orders()[S.WITHHELD]):
        taken = before.take(dose(), observe_until=OBSERVE, at=at("11:00")).state
        assert not taken.authorised
        with pytest.raises(Refused) as refused:
            taken.release()
        assert slugs(refused.value) == {"order-not-authorised"}


def test_a_further_dose_needs_a_release_of_its_own() -> None:
    once = administered()
    with pytest.raises(Refused) as refused:
        once.administer(
            2, administered_at=at("10:30"), timing_profile="SL-STD", observe_until=OBSERVE
        )
    assert slugs(refused.value) == {"medicine-not-released"}

    twice = once.release().state.administer(
        2,
        administered_at=at("10:30"),
        timing_profile="SL-STD",
        observe_until=OBSERVE + timedelta(minutes=30),
    )
    assert twice.state.count == 2


def test_a_hold_withholds_and_a_cancellation_cancels() -> None:
    checked = orders()[S.CHECKED]
    withheld = checked.stop(StopCause.HOLD, HoldCategory.SUICIDALITY, at("09:40"))
    assert withheld.state.status is S.WITHHELD
    assert [e.hold_category for e in withheld.events] == [HoldCategory.SUICIDALITY]  # type: ignore[union-attr]

    cancelled = checked.stop(StopCause.SESSION_OFF, HoldCategory.LOGISTICS, at("09:40"))
    assert cancelled.state.status is S.CANCELLED
    assert cancelled.events == ()


def test_medicine_that_is_out_is_accounted_for_before_the_order_closes() -> None:
    """Headline 4, J7: silence is no proof that nothing was taken."""
    withheld = released().stop(StopCause.PRESCRIPTION_NOT_ACTIVE, HoldCategory.MEDICAL, at("09:55"))
    assert [type(e) for e in withheld.events] == [DoseWithheld]
    with pytest.raises(Refused) as refused:
        withheld.state.close(at("10:00"))
    assert slugs(refused.value) == {"medicine-not-accounted-for"}
    assert not withheld.state.closable

    returned = withheld.state.return_medicine(HoldCategory.MEDICAL, at("09:58"))
    assert returned.state.status is S.RETURNED
    assert returned.events == ()
    closed = returned.state.close(at("10:00"))
    assert [e.administered_count for e in closed.events] == [0]  # type: ignore[union-attr]


def test_medicine_returned_by_a_clinician_withholds_the_dose() -> None:
    change = released().return_medicine(HoldCategory.ADMINISTRATIVE, at("09:58"))

    assert [type(e) for e in change.events] == [DoseWithheld]


def test_an_unused_further_dose_is_returned_and_the_order_stays_given() -> None:
    again = administered().release().state
    assert not again.closable

    returned = again.return_medicine(HoldCategory.ADMINISTRATIVE, at("11:00")).state

    assert returned.status is S.ADMINISTERED
    assert returned.closable


def test_a_late_dose_publishes_the_count_again() -> None:
    """Ruling 12: highest aggregate version wins."""
    closed = orders()[S.CLOSED]
    assert closed.count == 0

    late = closed.take(dose(), observe_until=OBSERVE, at=at("13:00"))

    assert [type(e) for e in late.events] == [DoseAdministered, DoseOrderClosed]
    assert late.events[-1].administered_count == 1  # type: ignore[union-attr]
    assert late.state.status is S.CLOSED


def test_a_taken_dose_with_a_number_that_is_known_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        administered().take(dose(1, "10:05"), observe_until=OBSERVE, at=at("11:00"))
    assert slugs(refused.value) == {"dose-seq-not-next"}


def test_the_flag_raised_before_asking_keeps_a_course_open_for_a_minute() -> None:
    """Ruling 7."""
    asking = orders()[S.CHECKED].ask(at("09:55")).state

    assert asking.in_hand(at("09:55"))
    assert not asking.in_hand(at("09:56"))
    assert not asking.give_up_asking().state.in_hand(at("09:55"))


@pytest.mark.parametrize(
    ("status", "in_hand"),
    [
        (S.REQUESTED, False),
        (S.CHECKED, False),
        (S.RELEASED, True),
        (S.ADMINISTERED, True),
        (S.RETURNED, False),
        (S.CLOSED, False),
    ],
)
def test_what_is_released_or_given_is_in_hand_until_it_closes(
    status: DoseOrderStatus, in_hand: bool
) -> None:
    assert orders()[status].in_hand(at("12:00")) is in_hand
