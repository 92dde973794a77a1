"""A bucket of tries, with a clock of its own: ten thousand guesses, and nobody shut out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.issuer.guesses import OF_A_LOGIN, OF_AN_ADDRESS, Bucket, Level

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
MOST_IN_FIVE_MINUTES = 10
"""E7."""


def guessed(bucket: Bucket, pauses: Iterator[float] | list[float]) -> list[datetime]:
    """When somebody who guesses again after each of these pauses (seconds) is given a try."""
    now, level, given_at = BEGAN, bucket.full(BEGAN), []
    for pause in pauses:
        now += timedelta(seconds=pause)
        level = bucket.take(level, now)
        if not level.refused:
            given_at.append(now)
    return given_at


def most_within(times: list[datetime], window: timedelta) -> int:
    return max((sum(a <= b < a + window for b in times) for a in times), default=0)


@pytest.mark.parametrize("every", [0.0, 0.03, 0.3, 1.0, 29.0, 60.0])
def test_ten_thousand_guesses_are_ten_in_any_five_minutes(every: float) -> None:
    given_at = guessed(OF_A_LOGIN, [every] * 10_000)
    assert len(given_at) >= 5
    first = given_at[: 12 * MOST_IN_FIVE_MINUTES]
    assert most_within(first, FIVE_MINUTES) <= MOST_IN_FIVE_MINUTES
    hours = every * 10_000 / 3600
    assert len(given_at) <= 5 + 60 * hours + 1


@given(st.lists(st.floats(min_value=0, max_value=400), min_size=1, max_size=120))
def test_no_rhythm_gets_more(pauses: list[float]) -> None:
    assert most_within(guessed(OF_A_LOGIN, pauses), FIVE_MINUTES) <= MOST_IN_FIVE_MINUTES


def test_a_bucket_that_gave_more_would_be_seen() -> None:
    generous = Bucket("login", 8, 60)
    given_at = guessed(generous, [1.0] * 400)
    assert most_within(given_at, FIVE_MINUTES) > MOST_IN_FIVE_MINUTES


@given(st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=300))
def test_nobody_is_shut_out_for_good(pauses: list[float]) -> None:
    """However long somebody guesses at a login, its owner waits a minute."""
    now, level = BEGAN, OF_A_LOGIN.full(BEGAN)
    for pause in pauses:
        now += timedelta(seconds=pause)
        level = OF_A_LOGIN.take(level, now)
    assert OF_A_LOGIN.wait(level) <= OF_A_LOGIN.each
    later = OF_A_LOGIN.take(level, now + timedelta(seconds=OF_A_LOGIN.each))
    assert not later.refused


def test_one_address_tries_many_logins_at_the_pace_of_its_own_bucket() -> None:
    given_at = guessed(OF_AN_ADDRESS, [0.1] * 10_000)
    seconds = 10_000 * 0.1
    assert len(given_at) <= OF_AN_ADDRESS.most + seconds / OF_AN_ADDRESS.each + 1


def test_a_clock_that_is_put_back_gives_no_tries_and_takes_none() -> None:
    level = Level(2.5, BEGAN)
    assert OF_A_LOGIN.filled(level, BEGAN - timedelta(hours=2)) == 2.5
