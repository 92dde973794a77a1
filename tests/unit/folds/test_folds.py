"""The folds under every service's facts: any order and any repetition comes to the same."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from shared.folds import Highest, PhasedSet, Sourced

MOMENT = datetime(2026, 3, 10, 9, tzinfo=UTC)
EARLY, LATE = Sourced("a", "event-1", MOMENT), Sourced("b", "event-2", MOMENT)


@pytest.mark.parametrize("order", list(permutations((EARLY, LATE, LATE))))
def test_one_member_told_twice_is_the_same_in_any_order(order: tuple[Sourced[str], ...]) -> None:
    told: PhasedSet[str] = PhasedSet()
    for member in order:
        told = told.add("k", member)
    assert dict(told.open) == {"k": EARLY}


@pytest.mark.parametrize("order", list(permutations(("event-1", "event-2", "event-2"))))
def test_one_removal_told_twice_names_the_same_event_in_any_order(order: tuple[str, ...]) -> None:
    told: PhasedSet[str] = PhasedSet()
    for event_id in order:
        told = told.remove("k", event_id)
    assert dict(told.tombstones) == {"k": "event-1"}


def test_what_was_removed_stays_removed_whichever_came_first() -> None:
    empty: PhasedSet[str] = PhasedSet()
    for told in (empty.add("k", EARLY).remove("k", "r"), empty.remove("k", "r").add("k", EARLY)):
        assert not told.is_open("k")
        assert not told.open
    other = empty.add("k", EARLY).remove("another", "r")
    assert other.is_open("k")
    assert not other.is_open("another")
    assert not empty.is_open("k")


def test_a_telling_heard_again_changes_nothing() -> None:
    empty: PhasedSet[str] = PhasedSet()
    told = empty.add("k", EARLY).remove("k", "r")
    assert told.add("k", EARLY) is told
    assert told.remove("k", "r") is told


def test_the_highest_version_wins_and_none_is_told_at_first() -> None:
    nothing: Highest[str] = Highest()
    assert nothing.told is None
    for versions in permutations((1, 2, 3)):
        register = nothing
        for version in versions:
            register = register.tell(version, Sourced(str(version), f"event-{version}", MOMENT))
        assert (register.version, register.told and register.told.value) == (3, "3")


def test_of_one_version_the_first_telling_stays() -> None:
    nothing: Highest[str] = Highest()
    register = nothing.tell(1, EARLY)
    assert register.tell(1, LATE) is register
