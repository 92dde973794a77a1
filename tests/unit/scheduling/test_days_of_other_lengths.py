"""Days of 23, 23.5, 24, 24.5 and 25 hours: bookings, spacing, deadlines, days, next noons.

Los Angeles and Berlin change the clock by an hour on different days, Lord Howe by half an hour,
Santiago and Havana at midnight itself.
"""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.arrival import check_in
from services.scheduling.domain.assent import Assent, AssentStatus
from services.scheduling.domain.availability import WorkingHours, within_hours
from services.scheduling.domain.clinic_time import local_day, local_midnight, local_moment
from services.scheduling.domain.escorting import cancel_escort, escort_due_at
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.restriction import restricted_until
from services.scheduling.domain.roles import Role
from services.scheduling.domain.spacing import first_possible, most_in_seven_days
from services.scheduling.web.calendar_views import days_from
from shared.decisions import Refused
from shared.protocol import Aftercare
from tests.unit.scheduling.building import escort, named, session

CHANGES = {
    "America/Los_Angeles": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
}
DAY, WEEK = timedelta(days=1), timedelta(days=7)
PATIENCE = timedelta(minutes=30)


@st.composite
def around_a_change(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """A moment within two days of a change of the clock, and the clinic's zone."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[name]))
    minutes = draw(st.integers(-2 * 24 * 60, 3 * 24 * 60))
    zone = ZoneInfo(name)
    return local_midnight(day, zone) + timedelta(minutes=minutes), zone


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_the_clock_does_change_on_these_days(name: str) -> None:
    zone = ZoneInfo(name)
    for day in CHANGES[name]:
        days = days_from(day - DAY, 3, zone)
        assert {one.until - one.since for one in days} != {DAY}


@given(around_a_change(), st.integers(15, 240))
def test_a_booking_is_as_long_as_it_is_said_and_stays_so_when_moved(
    there: tuple[datetime, ZoneInfo], minutes: int
) -> None:
    moment, zone = there
    booked = session(starts=moment, minutes=minutes)
    assert booked.planned_end_at - booked.starts_at == timedelta(minutes=minutes)
    assert booked.reserved_until - booked.planned_end_at == timedelta(minutes=60)
    moved = reschedule(
        booked, starts_at=moment + WEEK, at=moment, by=Role.FRONT_DESK, zone=zone
    ).state
    assert moved.planned_end_at - moved.starts_at == timedelta(minutes=minutes)


@given(around_a_change(), st.integers(1, 3), st.integers(0, 59))
def test_seven_days_are_168_hours_wherever_the_clock_jumps(
    there: tuple[datetime, ZoneInfo], allowed: int, seconds: int
) -> None:
    moment, _ = there
    others = [moment + timedelta(minutes=n) for n in range(allowed)]
    early = moment + WEEK - timedelta(seconds=seconds + 1)
    assert most_in_seven_days(early, others) == allowed + 1
    assert most_in_seven_days(moment + WEEK, others) == allowed
    assert first_possible(early, others, allowed) == moment + WEEK


@given(around_a_change(), st.lists(st.integers(-14 * 24, 14 * 24), max_size=6))
def test_the_most_in_seven_days_is_what_counting_gives(
    there: tuple[datetime, ZoneInfo], hours: list[int]
) -> None:
    moment, _ = there
    others = [moment + timedelta(hours=h) for h in hours]
    windows = [
        sum(1 for one in (*others, moment) if start <= one < start + WEEK)
        for start in (moment - timedelta(hours=h) for h in range(7 * 24))
    ]
    assert most_in_seven_days(moment, others) == max(windows)


@given(around_a_change(), st.integers(0, 4 * 24 * 60))
def test_an_escort_is_waited_for_real_minutes_on_the_day_and_till_the_start_before(
    there: tuple[datetime, ZoneInfo], lead: int
) -> None:
    starts, zone = there
    fell_through = starts - timedelta(minutes=lead)
    booked = session(starts=starts, escorts=(escort(),))
    alone = cancel_escort(booked, named("escort"), at=fell_through).state
    due = escort_due_at(alone, PATIENCE, zone)
    on_the_day = local_day(fell_through, zone) == local_day(starts, zone)
    assert due == (fell_through + PATIENCE if on_the_day else starts)


@given(around_a_change(), st.integers(1, 9))
def test_every_moment_is_of_one_day_of_a_calendar(
    there: tuple[datetime, ZoneInfo], count: int
) -> None:
    moment, zone = there
    days = days_from(local_day(moment, zone), count, zone)
    assert all(one.until == two.since for one, two in itertools.pairwise(days))
    assert [d.day for d in days if d.since <= moment < d.until] == [local_day(moment, zone)]
    for day in days:
        assert timedelta(hours=23) <= day.until - day.since <= timedelta(hours=25)
        assert local_day(day.since, zone) == day.day
        assert local_day(day.until - timedelta(microseconds=1), zone) == day.day


@given(around_a_change(), st.integers(8, 30), st.booleans())
def test_a_restriction_is_so_many_real_hours_and_where_said_noon_of_the_next_day(
    there: tuple[datetime, ZoneInfo], hours: int, next_day: bool
) -> None:
    end, zone = there
    until = restricted_until(end, Aftercare(min_hours=hours, until_next_day=next_day), zone)
    assert until >= end + timedelta(hours=hours)
    if not next_day:
        assert until == end + timedelta(hours=hours)
    else:
        assert local_day(until, zone) > local_day(end, zone)
        noon = local_moment(local_day(end, zone) + DAY, time(12), zone)
        assert until == max(noon, end + timedelta(hours=hours))


@given(around_a_change(), st.integers(-30 * 60, 30 * 60))
def test_a_client_is_received_on_the_clinics_day_of_the_booking(
    there: tuple[datetime, ZoneInfo], minutes: int
) -> None:
    starts, zone = there
    comes = starts + timedelta(minutes=minutes)
    same = local_day(starts, zone) == local_day(comes, zone)
    if same:
        here = check_in(session(starts=starts), at=comes, by=Role.FRONT_DESK, zone=zone).state
        assert here.checked_in_at == comes
        return
    with pytest.raises(Refused) as refused:
        check_in(session(starts=starts), at=comes, by=Role.FRONT_DESK, zone=zone)
    assert refused.value.refusals[0].slug == "booked-for-another-day"


@given(around_a_change(), st.integers(0, 200))
def test_an_assent_lasts_real_minutes_and_never_into_another_day(
    there: tuple[datetime, ZoneInfo], minutes: int
) -> None:
    given_at, zone = there
    assent = Assent(
        id=named("assent"),
        status=AssentStatus.GIVEN,
        at=given_at,
        valid_until=given_at + timedelta(minutes=60),
    )
    now = given_at + timedelta(minutes=minutes)
    fresh = minutes < 60 and local_day(given_at, zone) == local_day(now, zone)
    assert (assent.as_of(now, zone) is AssentStatus.GIVEN) == fresh


@given(around_a_change(), st.integers(0, 23), st.integers(1, 23), st.integers(0, 300))
def test_working_hours_are_what_the_wall_clock_says(
    there: tuple[datetime, ZoneInfo], start: int, length: int, minutes: int
) -> None:
    since, zone = there
    until = since + timedelta(minutes=minutes)
    day = local_day(since, zone)
    end = (start + length) % 24
    hours = WorkingHours(weekday=day.weekday(), start=time(start), end=time(end))
    last = day + DAY if end <= start else day
    opens, closes = local_moment(day, time(start), zone), local_moment(last, time(end), zone)
    assert within_hours([hours], since, until, zone) == (opens <= since and until <= closes)
    assert within_hours([], since, until, zone)
    another = replace(hours, weekday=(day.weekday() + 3) % 7)
    assert not within_hours([another], since, until, zone)


def test_a_weekly_appointment_at_the_same_hour_is_told_when_it_is_possible() -> None:
    """Where the clock jumps forward, the same hour a week later is an hour too soon; it is said."""
    zone = ZoneInfo("America/Los_Angeles")
    before = datetime(2026, 3, 3, 10, tzinfo=zone).astimezone(UTC)
    after = datetime(2026, 3, 10, 10, tzinfo=zone).astimezone(UTC)
    assert after - before == WEEK - timedelta(hours=1)
    assert most_in_seven_days(after, [before]) == 2
    assert first_possible(after, [before], 1) == after + timedelta(hours=1)
