"""Quiet hours hold and release on the local clock, also on the days when that clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.quiet_hours import released_at
from shared.protocol import QuietHours
from tests.unit.notifications.moments import ZONE, at

NIGHT = QuietHours(start=time(21), end=time(8))


@pytest.mark.parametrize(
    ("now", "released"),
    [
        (at("20:59"), None),
        (at("21:00"), at("08:00", day=11)),
        (at("07:59"), at("08:00")),
        (at("08:00"), None),
        (at("12:00"), None),
    ],
)
def test_over_midnight(now: datetime, released: datetime | None) -> None:
    assert released_at(NIGHT, now, ZONE) == released


def test_within_a_day() -> None:
    siesta = QuietHours(start=time(13), end=time(15))
    assert released_at(siesta, at("14:00"), ZONE) == at("15:00")
    assert released_at(siesta, at("15:00"), ZONE) is None


def test_equal_times_mean_none() -> None:
    assert released_at(QuietHours(start=time(8), end=time(8)), at("08:00"), ZONE) is None


@pytest.mark.parametrize(
    ("evening", "hours"),
    [(datetime(2026, 3, 7, 21, tzinfo=ZONE), 10), (datetime(2026, 10, 31, 21, tzinfo=ZONE), 12)],
)
def test_a_night_that_is_shorter_or_longer(evening: datetime, hours: int) -> None:
    """21:00 to 08:00 is 11 hours, less or more the hour that the clock jumps."""
    released = released_at(NIGHT, evening, ZONE)
    assert released is not None
    assert released - evening.astimezone(UTC) == timedelta(hours=hours)
    assert released.astimezone(ZONE).time() == time(8)


def test_the_hour_that_is_shown_twice() -> None:
    """Quiet until 01:30: in the second 01:15 the release is the second 01:30."""
    until_half_past = QuietHours(start=time(23), end=time(1, 30))
    second = datetime(2026, 11, 1, 1, 15, tzinfo=ZONE, fold=1)
    released = released_at(until_half_past, second, ZONE)
    assert released is not None
    assert released - second.astimezone(UTC) == timedelta(minutes=15)


ZONES = st.sampled_from(
    ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]
).map(ZoneInfo)


@given(
    moment=st.datetimes(
        min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2030, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    zone=ZONES,
    start=st.times(),
    end=st.times(),
)
def test_a_release_is_always_ahead_and_within_a_day_and_an_hour(
    moment: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    released = released_at(QuietHours(start=start, end=end), moment, zone)
    if released is None:
        assert not QuietHours(start=start, end=end).covers(moment.astimezone(zone).time())
        return
    assert moment < released <= moment + timedelta(hours=26)
