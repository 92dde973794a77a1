from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.prescribing.domain.events import (
    DosePrescribed,
    PrescriptionAmended,
    PrescriptionEnded,
    PrescriptionRevoked,
)
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.vocabulary import EndReason
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import (
    NURSE,
    PRESCRIBER,
    SECOND_PRESCRIBER,
    active,
    at,
    draft,
    slugs,
    terms,
)

UNTIL = at("08:00") + timedelta(days=180)


def test_activation_tells_what_is_authorised_and_until_when() -> None:
    (event,) = draft().activate(by=PRESCRIBER, at=at("08:30"), valid_until=UNTIL).events

    assert isinstance(event, DosePrescribed)
    assert (event.sessions_authorised, event.valid_from, event.valid_until) == (
        2,
        at("08:30"),
        UNTIL,
    )


def test_an_active_prescription_ends_with_its_validity_timer_or_no_timer() -> None:
    rx = active(until=at("12:00"))

    assert rx.active_at(at("11:59"))
    assert not rx.active_at(at("12:00"))
    assert not draft().active_at(at("11:59"))


def test_an_authorisation_is_reserved_used_and_returned_once() -> None:
    """Ruling 18."""
    rx, order = active(sessions=2), uuid4()
    twice = rx.reserve(order).state.reserve(order).state
    assert (twice.left, twice.available) == (2, 1)

    returned = twice.give_back(order, at("10:00")).state.give_back(order, at("10:01")).state
    assert (returned.left, returned.available) == (2, 2)

    used = twice.use(order, at("10:00")).state.use(order, at("10:01")).state
    assert (used.left, used.available) == (1, 1)


def test_more_orders_than_authorised_sessions_are_refused() -> None:
    """INV-13."""
    rx = active(sessions=1).reserve(uuid4()).state

    with pytest.raises(Refused) as refused:
        rx.reserve(uuid4())

    assert slugs(refused.value) == {"no-authorisation-left"}


def test_everything_used_and_nothing_reserved_is_exhausted() -> None:
    first, second = uuid4(), uuid4()
    rx = active(sessions=2).reserve(first).state.reserve(second).state

    one_left = rx.use(first, at("10:00"))
    assert one_left.state.status is PrescriptionStatus.ACTIVE

    ended = one_left.state.use(second, at("11:00"))
    assert ended.state.status is PrescriptionStatus.EXHAUSTED
    assert [e.reason for e in ended.events] == [EndReason.EXHAUSTED]  # type: ignore[union-attr]


def test_a_used_up_prescription_with_a_reservation_is_not_exhausted() -> None:
    used, open_order = uuid4(), uuid4()
    rx = (
        active(sessions=2)
        .reserve(used)
        .state.reserve(open_order)
        .state.use(used, at("10:00"))
        .state
    )

    assert rx.status is PrescriptionStatus.ACTIVE


def test_a_late_dose_takes_a_returned_authorisation_back_below_zero() -> None:
    """Ruling 12: from closed(0) to closed(1) after the authorisation went to another order."""
    late, other = uuid4(), uuid4()
    rx = active(sessions=1).reserve(late).state.give_back(late, at("10:00")).state
    rx = rx.reserve(other).state.use(other, at("12:00")).state

    corrected = rx.use(late, at("13:00")).state

    assert corrected.left == -1
    assert corrected.status is PrescriptionStatus.EXHAUSTED


@pytest.mark.parametrize("end", [None, EndReason.EXPIRED, EndReason.COURSE_CLOSED])
def test_revoked_wins_over_every_other_end(end: EndReason | None) -> None:
    rx = active() if end is None else active().end(end, at("09:00")).state

    change = rx.revoke(HoldCategory.MEDICAL, at=at("09:55"), by=PRESCRIBER)

    assert change.state.status is PrescriptionStatus.REVOKED
    assert [type(e) for e in change.events] == [PrescriptionRevoked]


@pytest.mark.parametrize(
    ("how", "step"),
    [
        ("revoke", lambda rx: rx.revoke(HoldCategory.MEDICAL, at=at("10:00"), by=PRESCRIBER)),
        ("amend", lambda rx: rx.amend(terms(valid_until=UNTIL), at=at("10:00"), by=PRESCRIBER)),
        ("end", lambda rx: rx.end(EndReason.EXPIRED, at("10:00"))),
        ("activate", lambda rx: rx.activate(by=PRESCRIBER, at=at("10:00"), valid_until=UNTIL)),
    ],
)
def test_nothing_follows_a_revocation(how: str, step: Callable[[Prescription], object]) -> None:
    revoked = active().revoke(HoldCategory.MEDICAL, at=at("09:55"), by=PRESCRIBER).state

    with pytest.raises(Refused) as refused:
        step(revoked)

    assert slugs(refused.value) == {f"prescription-cannot-{how}"}


def test_nobody_hears_of_a_draft_that_is_revoked() -> None:
    assert draft().revoke(HoldCategory.MEDICAL, at=at("09:00"), by=PRESCRIBER).events == ()


def test_an_amendment_names_the_version_it_replaces() -> None:
    change = active().amend(
        terms(sessions_authorised=4, valid_until=UNTIL), at=at("09:00"), by=PRESCRIBER
    )

    (event,) = change.events
    assert isinstance(event, PrescriptionAmended)
    assert (event.rx_version, event.supersedes, event.sessions_authorised) == (2, 1, 4)
    assert [v.rx_version for v in change.state.former] == [1]


def test_an_amendment_never_goes_below_what_is_taken() -> None:
    rx = active(sessions=2).reserve(uuid4()).state.reserve(uuid4()).state

    with pytest.raises(Refused) as refused:
        rx.amend(terms(sessions_authorised=1, valid_until=UNTIL), at=at("09:00"), by=PRESCRIBER)

    assert slugs(refused.value) == {"authorisations-already-taken"}


def test_an_amendment_to_what_is_used_ends_the_prescription() -> None:
    order = uuid4()
    rx = active(sessions=2).reserve(order).state.use(order, at("10:00")).state

    change = rx.amend(
        terms(sessions_authorised=1, valid_until=UNTIL), at=at("11:00"), by=PRESCRIBER
    )

    assert [type(e) for e in change.events] == [PrescriptionAmended, PrescriptionEnded]


def test_a_second_prescriber_confirms_and_it_is_another_person() -> None:
    assert draft().confirm(SECOND_PRESCRIBER, at("08:10")).state.confirmed is not None
    for wrong in (PRESCRIBER, NURSE):
        with pytest.raises(Refused) as refused:
            draft().confirm(wrong, at("08:10"))
        assert slugs(refused.value) == {"second-prescriber-needed"}


def test_a_draft_that_another_replaced_cannot_be_activated() -> None:
    superseded = draft().supersede().state

    with pytest.raises(Refused):
        superseded.activate(by=PRESCRIBER, at=at("09:00"), valid_until=UNTIL)


def test_returning_an_authorisation_to_a_revoked_prescription_changes_no_state() -> None:
    order = uuid4()
    rx: Prescription = active().reserve(order).state
    revoked = rx.revoke(HoldCategory.MEDICAL, at=at("09:55"), by=PRESCRIBER).state

    returned = revoked.give_back(order, at("10:00"))

    assert returned.state == replace(revoked, reserved=frozenset())
    assert returned.events == ()
