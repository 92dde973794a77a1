"""INV-13, ruling 18: an authorisation is counted once, by what is told of prescriptions here."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.authorisations import (
    authorised_order,
    left_for,
    left_of,
    prescription_lost,
)
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.projected_answers import projected_intake, projected_prescribing
from services.scheduling.domain.session import DosesSeen, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from tests.unit.scheduling.building import (
    ORDER,
    PROTOCOL,
    RX,
    SESSION,
    administered,
    at,
    authorised,
    cleared,
    facts,
    named,
    order_closed,
    prepared,
    session,
    terms,
    told,
)

NOW = at("08:00")
TWO = facts()
"""A prescription of two sessions, and nothing used."""
EARLIER = named("earlier")
OTHER_ORDER, OTHER_RX = named("another order"), named("another prescription")


def left(known: CourseFacts = TWO, others: tuple[Session, ...] = (), **changes: Any) -> int:
    return left_for(session(**changes), others, known, NOW)


def booked(clock: str, name: str = "other", **changes: Any) -> Session:
    return session(starts=at(clock), session_id=named(name), **changes)


def test_a_prescription_authorises_what_it_says() -> None:
    assert left() == 2
    assert left(TWO.prescribe(told("rx2", version=2), str(RX), 2, terms(5))) == 5
    assert left(TWO.revoke_prescription(told("gone"), str(RX))) == 0
    two_of_them = TWO.prescribe(told("o"), str(OTHER_RX), 1, terms(3))
    assert left(two_of_them) == 5


def test_a_used_session_is_used_and_one_without_a_dose_is_returned_once() -> None:
    """Cancelled and booked again: the authorisation comes back exactly once."""
    used = order_closed(authorised(TWO, of=EARLIER), 1, of=EARLIER)
    assert left(used) == 1
    returned = order_closed(authorised(TWO, of=EARLIER), 0, of=EARLIER)
    assert left(returned) == 2
    assert left(order_closed(returned, 0, of=EARLIER, version=10)) == 2
    corrected = order_closed(returned, 2, of=EARLIER, version=10)
    assert left(corrected) == 1
    both = order_closed(
        authorised(used, order=OTHER_ORDER, of=named("second")),
        1,
        order=OTHER_ORDER,
        of=named("second"),
    )
    assert left(both) == 0


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        (booked("09:00"), True),
        (booked("09:29"), True),
        (booked("09:31"), False),
        (booked("09:00", kind=SessionKind.PREP), False),
        (booked("09:00", status=SessionStatus.CANCELLED), False),
        (booked("09:00", status=SessionStatus.BLOCKED), True),
        (replace(booked("09:00"), doses=DosesSeen(count=1)), False),
    ],
)
def test_an_earlier_booking_waits_for_one(other: Session, waits: bool) -> None:
    """Who comes first is served first; what is over, used, or no dosing waits for none."""
    assert left(others=(other,)) == (1 if waits else 2)


def test_of_two_at_one_time_one_comes_first_and_always_the_same() -> None:
    one, two = booked("09:30", "one"), booked("09:30", "two")
    waiting = [left_for(a, (b,), TWO, NOW) for a, b in ((one, two), (two, one))]
    assert sorted(waiting) == [1, 2]
    assert left_for(one, (one,), TWO, NOW) == 2


def test_a_dose_that_was_told_before_the_session_saw_it_is_used_and_not_waited_for() -> None:
    """One session is never counted twice."""
    earlier = booked("09:00", "earlier")
    known = administered(authorised(TWO, of=named("earlier")), of=named("earlier"))
    assert left(known, (earlier,)) == 1


def test_the_order_of_a_session_is_its_own_and_still_of_use() -> None:
    here = session()
    assert authorised_order(TWO, here) is None
    bound = authorised(TWO)
    assert authorised_order(bound, here) == str(ORDER)
    assert authorised_order(bound, booked("09:30")) is None
    assert authorised_order(order_closed(bound, 0), here) is None
    assert authorised_order(bound.revoke_prescription(told("r"), str(RX)), here) is None
    withheld = bound.order(str(ORDER), str(SESSION), lambda o: o.withhold(told("w"), "vitals"))
    assert authorised_order(withheld, here) is None
    both = authorised(bound, order=OTHER_ORDER)
    assert authorised_order(both, here) == max(str(ORDER), str(OTHER_ORDER))


def test_a_prescription_is_lost_when_the_one_behind_the_session_is() -> None:
    """Ruling 17: another one does not stand in for it, and none at all was never had."""
    here = session()
    gone = TWO.revoke_prescription(told("r"), str(RX))
    assert not prescription_lost(TWO, here)
    assert prescription_lost(gone, here)
    other = gone.prescribe(told("o"), str(OTHER_RX), 1, terms(1))
    assert not prescription_lost(other, here)
    assert prescription_lost(authorised(other), here)
    assert not prescription_lost(authorised(TWO), here)
    two_orders = authorised(authorised(other), order=OTHER_ORDER)
    bound_to_other = replace(here, dose_order_id=OTHER_ORDER)
    assert prescription_lost(two_orders, bound_to_other)
    revived = order_closed(two_orders, 0)
    assert prescription_lost(revived, replace(here, dose_order_id=ORDER))


def test_an_end_holds_until_an_amendment_that_came_after_it() -> None:
    """5.1: the highest version counts; revoked is final for the id."""
    (rx,) = TWO.prescriptions.values()
    ended = replace(rx, ended=rx.ended.tell(5, told("e").of("exhausted")))
    assert rx.current(NOW) is not None
    assert ended.current(NOW) is None
    for told_as, counts in ((4, False), (5, False), (6, True)):
        more = replace(terms(5), told_as=told_as)
        amended = replace(ended, terms=ended.terms.tell(2, told("a").of(more)))
        assert (amended.current(NOW) is not None) == counts
    assert rx.current(terms().valid_until) is None


# what is shown of the peers


def test_what_intake_would_say_is_what_it_told() -> None:
    known = order_closed(authorised(TWO, of=EARLIER), 1, of=EARLIER)
    word = projected_intake(known, prepared(), PROTOCOL, NOW)
    assert (word.course_status, word.dosed_count) == ("active", 1)
    assert set(word.consents) == {"treatment", "aftercare_agreement"}
    assert projected_intake(known, None, PROTOCOL, NOW).course_status == "not active"
    unfinished = replace(prepared(), completed_at=None)
    assert projected_intake(known, unfinished, PROTOCOL, NOW).course_status == "not active"
    over = replace(known, closed=told("c").of("completed"))
    assert projected_intake(over, prepared(), PROTOCOL, NOW).course_status == "ended"
    declined = replace(known, declined=told("d").of(value=True))
    assert projected_intake(declined, prepared(), PROTOCOL, NOW).course_status == "ended"
    bare = replace(TWO, consents=type(TWO.consents)())
    assert projected_intake(bare, prepared(), PROTOCOL, NOW).consents == {}


def test_what_prescribing_would_say_is_of_the_order_that_is_open() -> None:
    known = order_closed(authorised(TWO), 0)
    again = authorised(known, order=OTHER_ORDER)
    word = projected_prescribing(again, str(SESSION), 0, NOW)
    assert word.order is not None
    assert (word.order.id, word.order.closed) == (str(OTHER_ORDER), False)
    (rx,) = TWO.prescriptions.values()
    until = rx.current(NOW)
    assert until is not None
    assert word.prescription is not None
    assert (word.prescription.id, word.prescription.valid_until) == (str(RX), until.valid_until)
    cleared_ = projected_prescribing(cleared(administered(known)), str(SESSION), 1, at("12:40"))
    assert cleared_.clearance is not None
    assert cleared_.clearance.covers_dose_seq == 1
    assert cleared_.clearance.cleared_at < cleared_.clearance.valid_until
    nothing = projected_prescribing(TWO, str(SESSION), 0, NOW)
    assert (nothing.order, nothing.check, nothing.clearance) == (None, None, None)


def test_what_a_banner_says_is_left_is_what_prescribing_says() -> None:
    """Ruling 18: used at the closing with a dose, not when the dose is heard of."""
    given = administered(authorised(TWO, of=EARLIER), of=EARLIER)
    assert (left_of(TWO, NOW), left_of(given, NOW)) == (2, 2)
    assert left_of(order_closed(given, 1, of=EARLIER), NOW) == 1
    assert left_of(order_closed(authorised(TWO, of=EARLIER), 0, of=EARLIER), NOW) == 2
