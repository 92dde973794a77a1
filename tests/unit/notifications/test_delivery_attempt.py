"""When an event that was not taken is tried again: over three days, and no more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.delivery_attempt import (
    JITTER,
    LONGEST_WISH,
    PAUSES,
    TRIED_FOR,
    Answer,
    Failure,
    next_try,
)
from tests.unit.notifications.moments import at

DUE = at("09:00")
LUCK = st.floats(min_value=0, max_value=1)


@pytest.mark.parametrize("attempts", range(1, 10))
def test_pauses_grow_and_are_spread_by_a_fifth(attempts: int) -> None:
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    for luck, factor in ((0.0, 1 - JITTER), (0.5, 1.0), (1.0, 1 + JITTER)):
        assert next_try(attempts, due_since=DUE, now=DUE, luck=luck) == DUE + pause * factor


@given(st.lists(LUCK, min_size=40, max_size=40))
def test_an_event_is_tried_for_three_days_and_then_given_up(luck: list[float]) -> None:
    now, attempts = DUE, 0
    for one in luck:
        attempts += 1
        again = next_try(attempts, due_since=DUE, now=now, luck=one)
        if again is None:
            break
        assert again > now
        now = again
    else:
        pytest.fail("never given up")
    assert now == DUE + TRIED_FOR
    assert 10 <= attempts <= 20


def test_who_wants_to_be_asked_later_is_asked_later() -> None:
    for asked in (timedelta(hours=3), timedelta(seconds=90)):
        assert next_try(1, due_since=DUE, now=DUE, luck=0.5, retry_after=asked) == DUE + asked
    soon = next_try(3, due_since=DUE, now=DUE, luck=0.5, retry_after=timedelta(seconds=1))
    assert soon == DUE + PAUSES[2]


def test_nobody_puts_an_event_off_for_good() -> None:
    wish = timedelta(days=300)
    assert next_try(1, due_since=DUE, now=DUE, luck=0.5, retry_after=wish) == DUE + LONGEST_WISH
    late = DUE + TRIED_FOR - timedelta(minutes=1)
    last = next_try(9, due_since=DUE, now=late, luck=0.5, retry_after=timedelta(hours=2))
    assert last == late + timedelta(hours=2)
    assert next_try(10, due_since=DUE, now=last, luck=0.5, retry_after=wish) is None


def test_what_an_answer_means() -> None:
    assert Answer(status=204).is_taken
    gone = Answer(status=410, failure=Failure.REFUSED)
    assert gone.is_gone
    assert not gone.is_taken
    assert not Answer(failure=Failure.TIMED_OUT).is_gone
