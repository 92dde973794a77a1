"""Local days and noons, over both changes of the clock."""

from datetime import UTC, date, datetime, timedelta

from services.scheduling.domain.clinic_time import (
    local_day,
    local_midnight,
    next_local_noon,
    same_local_day,
)
from services.scheduling.domain.rearranging import reschedule
from services.scheduling.domain.restriction import restricted_until
from services.scheduling.domain.roles import Role
from shared.protocol import Aftercare
from tests.unit.scheduling.building import ZONE, at, session

SPRING_FORWARD = "2026-03-08"
FALL_BACK = "2026-11-01"


def test_a_block_is_so_many_real_minutes_when_the_clock_jumps_forward() -> None:
    night = session(starts=at("01:30", SPRING_FORWARD), minutes=120)
    assert night.planned_end_at - night.starts_at == timedelta(minutes=120)
    assert night.planned_end_at.astimezone(ZONE).hour == 4


def test_a_block_is_so_many_real_minutes_when_the_clock_falls_back() -> None:
    night = session(starts=datetime(2026, 11, 1, 8, 30, tzinfo=UTC), minutes=120)
    assert night.planned_end_at - night.starts_at == timedelta(minutes=120)
    assert night.planned_end_at.astimezone(ZONE).hour == 2


def test_rescheduling_over_the_change_keeps_the_real_length() -> None:
    moved = reschedule(
        session(), starts_at=at("01:00", FALL_BACK), at=at("08:00"), by=Role.FRONT_DESK, zone=ZONE
    ).state
    assert moved.planned_end_at - moved.starts_at == timedelta(minutes=180)


def test_eight_hours_are_real_hours_over_the_change() -> None:
    end = at("22:00", "2026-03-07")
    until = restricted_until(end, Aftercare(), ZONE)
    assert until - end == timedelta(hours=8)
    assert until.astimezone(ZONE).hour == 7


def test_next_day_means_noon_of_the_next_local_day() -> None:
    rule = Aftercare(until_next_day=True)
    assert restricted_until(at("12:30", "2026-03-07"), rule, ZONE) == at("12:00", SPRING_FORWARD)
    assert restricted_until(at("23:30", "2026-10-31"), rule, ZONE) == at("12:00", FALL_BACK)


def test_next_day_never_shortens_the_hours() -> None:
    rule = Aftercare(until_next_day=True, min_hours=30)
    end = at("12:30")
    assert restricted_until(end, rule, ZONE) == end + timedelta(hours=30)


def test_hours_below_the_floor_count_as_the_floor() -> None:
    end = at("12:30")
    assert restricted_until(end, Aftercare(min_hours=2), ZONE) == end + timedelta(hours=8)


def test_a_day_is_the_clinics_and_not_greenwichs() -> None:
    late = at("23:30")
    assert late.date() == date(2026, 3, 11)
    assert local_day(late, ZONE) == date(2026, 3, 10)
    assert same_local_day(at("00:10"), late, ZONE)
    assert not same_local_day(late, late + timedelta(hours=1), ZONE)


def test_midnight_and_noon_exist_on_every_day() -> None:
    assert local_midnight(date(2026, 3, 8), ZONE) == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert next_local_noon(at("15:00", "2026-03-07"), ZONE) == datetime(2026, 3, 8, 19, tzinfo=UTC)
