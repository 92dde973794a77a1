"""What was in a set at a time, whatever the order in which it was told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.folds import Sourced, TimedSet, owned_key, removed_by

BEGIN = datetime(2026, 3, 2, 17, tzinfo=UTC)
EMPTY: TimedSet[int] = TimedSet()


def minute(number: int) -> datetime:
    return BEGIN + timedelta(minutes=number)


def added(known: TimedSet[int], number: int) -> TimedSet[int]:
    return known.add("a", Sourced(1, "added", minute(number)))


@given(
    began=st.integers(0, 30),
    removals=st.lists(st.integers(0, 30), max_size=3),
    asked=st.integers(0, 30),
    data=st.data(),
)
def test_a_member_is_in_it_until_its_earliest_removal(
    began: int, removals: list[int], asked: int, data: st.DataObject
) -> None:
    known = EMPTY
    for what in data.draw(st.permutations([None, *enumerate(removals)])):
        if what is None:
            known = added(known, began)
        else:
            known = known.remove_at("a", f"removed {what[0]}", minute(what[1]))
    expected = began <= asked and (not removals or asked < min(removals))
    assert ("a" in known.open_at(minute(asked))) is expected
    assert known.is_open("a") is not bool(removals)


def test_a_removal_of_an_unknown_time_counts_for_every_time() -> None:
    known = added(EMPTY.remove_at("a", "removed", None), 0)
    assert not known.open_at(minute(5))
    told = known.remove_at("a", "removed", minute(10))
    assert told.open_at(minute(5))


def test_only_the_owners_word_removes_and_everybodys_is_known() -> None:
    key = owned_key("intake", "h")
    known = EMPTY.add(key, Sourced(1, "added", BEGIN))
    known = known.remove_at(owned_key("scheduling", "h"), "forged", BEGIN)
    known = known.remove_at(owned_key("scheduling", "another"), "other", BEGIN)
    assert known.is_open(key)
    assert removed_by(known, "h") == {"scheduling": "forged"}
