"""INV-26, INV-27, ruling 21: the end of a restriction is a function of facts, not of arrivals."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.restriction import (
    RestrictionRule,
    Window,
    noon_of_next_day,
    restricted_until,
    restriction_window,
)
from services.notifications.domain.session_facts import (
    Dose,
    End,
    Exit,
    ExitWay,
    SessionFacts,
    SessionOutcome,
)
from tests.unit.notifications.moments import (
    ORDER,
    RULE,
    SESSION,
    ZONE,
    at,
    told,
)
from tests.unit.notifications.windows import the_window


def test_j1_ends_eight_hours_after_the_session() -> None:
    known = restriction_window(
        doses=frozenset({at("10:00")}),
        signs=frozenset(),
        ended_at=at("12:30"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("20:30"), end_known=True)


def test_j5_a_stop_25_minutes_after_the_dose_ends_at_18_25() -> None:
    known = restriction_window(
        doses=frozenset({at("10:00")}),
        signs=frozenset(),
        ended_at=at("10:25"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("18:25"), end_known=True)


def test_j9_a_transfer_is_the_sessions_end() -> None:
    known = restriction_window(
        doses=frozenset({at("10:10")}),
        signs=frozenset(),
        ended_at=at("11:05"),
        rule=RULE,
        zone=ZONE,
    )
    assert known == Window(until=at("19:05"), end_known=True)


def test_a_dose_after_the_end_counts_from_the_dose() -> None:
    late_dose = restriction_window(
        doses=frozenset({at("10:00"), at("12:50")}),
        signs=frozenset(),
        ended_at=at("12:30"),
        rule=RULE,
        zone=ZONE,
    )
    assert late_dose == Window(until=at("20:50"), end_known=True)


def test_without_a_known_end_it_is_provisional_and_never_over() -> None:
    provisional = restriction_window(
        doses=frozenset({at("10:00")}), signs=frozenset(), ended_at=None, rule=RULE, zone=ZONE
    )
    assert provisional == Window(until=at("18:00"), end_known=False)
    assert provisional.active(at("18:00", day=20))


def test_with_a_known_end_it_is_over_to_the_minute() -> None:
    known = Window(until=at("20:30"), end_known=True)
    assert known.active(at("20:29"))
    assert not known.active(at("20:30"))


def test_no_dose_no_restriction() -> None:
    assert (
        restriction_window(
            doses=frozenset(), signs=frozenset(), ended_at=at("12:30"), rule=RULE, zone=ZONE
        )
        is None
    )


def test_a_departure_opens_a_window_before_the_dose_is_heard_of() -> None:
    gone = SessionFacts(id=SESSION).left(told(Exit(way=ExitWay.AGAINST_ADVICE, at=at("11:00"))))
    assert the_window(gone) == Window(until=at("19:00"), end_known=False)


def test_an_abort_before_the_dose_is_no_end_of_a_dosed_session() -> None:
    aborted = (
        SessionFacts(id=SESSION)
        .ended(told(End(outcome=SessionOutcome.ABORTED_BEFORE_DOSE, ended_at=at("10:05")), 1))
        .dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 2))
    )
    assert the_window(aborted) == Window(until=at("18:00"), end_known=False)
    replaced = aborted.ended(
        told(End(outcome=SessionOutcome.ENDED_BY_CLINICIAN, ended_at=at("12:00")), 3)
    )
    assert the_window(replaced) == Window(until=at("20:00"), end_known=True)


def test_the_latest_end_told_counts_not_the_end_told_last() -> None:
    session = (
        SessionFacts(id=SESSION)
        .dose(ORDER, told(Dose(seq=1, administered_at=at("10:00")), 1))
        .ended(told(End(outcome=SessionOutcome.COMPLETED, ended_at=at("12:30")), 2))
        .ended(told(End(outcome=SessionOutcome.COMPLETED, ended_at=at("12:10")), 3))
    )
    assert the_window(session) == Window(until=at("20:30"), end_known=True)


@pytest.mark.parametrize(("hours", "expected"), [(4, 8), (8, 8), (12, 12)])
def test_a_clinic_may_be_stricter_than_the_floor_and_never_looser(
    hours: int, expected: int
) -> None:
    until = restricted_until(at("12:00"), RestrictionRule(hours=hours), ZONE)
    assert until - at("12:00") == timedelta(hours=expected)


def test_until_next_day_means_noon_of_the_next_local_day() -> None:
    rule = RestrictionRule(until_next_day=True)
    assert restricted_until(at("12:30"), rule, ZONE) == at("12:00", day=11)


def test_until_next_day_counts_the_local_day_not_the_utc_one() -> None:
    evening = at("18:30")
    assert evening.day == 11  # already tomorrow in UTC
    assert noon_of_next_day(evening, ZONE) == at("12:00", day=11)


def test_eight_hours_are_eight_hours_over_a_clock_change() -> None:
    before = datetime(2026, 3, 7, 23, 0, tzinfo=ZONE)  # the clock springs at 02:00
    until = restricted_until(before, RULE, ZONE)
    assert until - before.astimezone(UTC) == timedelta(hours=8)
    assert until.astimezone(ZONE).hour == 8


def test_the_twin_a_clock_of_arrival_would_be_seen() -> None:
    """Negative control: a deadline counted from when the end was heard differs by the delay."""
    heard = at("17:30")
    assert restricted_until(heard, RULE, ZONE) != restricted_until(at("12:30"), RULE, ZONE)
