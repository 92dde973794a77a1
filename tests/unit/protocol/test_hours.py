"""Hours of the clinic's day: each begins with its first minute and ends before its last (6.4)."""

from datetime import time

import pytest

from shared.protocol.safety import DeskHours, QuietHours


@pytest.mark.parametrize(
    ("local", "quiet"),
    [
        (time(20, 59, 59), False),
        (time(21, 0), True),
        (time(23, 59), True),
        (time(0, 0), True),
        (time(7, 59, 59), True),
        (time(8, 0), False),
    ],
)
def test_quiet_hours_over_midnight(local: time, quiet: bool) -> None:
    assert QuietHours().covers(local) == quiet


@pytest.mark.parametrize(
    ("local", "quiet"),
    [(time(12, 59), False), (time(13, 0), True), (time(14, 59), True), (time(15, 0), False)],
)
def test_quiet_hours_within_a_day(local: time, quiet: bool) -> None:
    assert QuietHours(start=time(13), end=time(15)).covers(local) == quiet


@pytest.mark.parametrize("local", [time(0), time(9, 0), time(9, 1), time(23, 59)])
def test_hours_that_end_as_they_begin_are_none(local: time) -> None:
    assert not QuietHours(start=time(9), end=time(9)).covers(local)


@pytest.mark.parametrize(
    ("local", "there"),
    [
        (time(7, 59, 59), False),
        (time(8, 0), True),
        (time(17, 59, 59), True),
        (time(18, 0), False),
    ],
)
def test_the_desk_is_there_from_opening_to_before_closing(local: time, there: bool) -> None:
    assert DeskHours().cover(local) == there
