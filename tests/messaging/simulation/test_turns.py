"""Whose turn it is, over every order of arrival that hypothesis thinks of."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messaging.order import Turn, in_turn, turn


@dataclass(frozen=True)
class Told:
    """An event as far as its order goes."""

    producer: str
    client_sequence: int


@st.composite
def arrivals(draw: st.DrawFn) -> list[Told]:
    """What two producers told, some of it twice, in any order."""
    told = [
        Told(producer, number)
        for producer in ("a", "b")
        for number in range(1, draw(st.integers(0, 8)) + 1)
    ]
    twice = draw(st.lists(st.sampled_from(told), max_size=5)) if told else []
    return list(draw(st.permutations(told + twice)))


def taken(waiting: list[Told], reached: dict[str, int], most: int = 100) -> list[Told]:
    return [one for one, place in in_turn(waiting, reached, most) if place is Turn.NEXT]


@settings(max_examples=150, deadline=None)
@given(arrivals())
def test_everything_takes_effect_once_and_in_order(arrived: list[Told]) -> None:
    reached: dict[str, int] = {}
    effects = taken(arrived, reached)
    for producer in ("a", "b"):
        numbers = [one.client_sequence for one in effects if one.producer == producer]
        assert numbers == list(range(1, len({o for o in arrived if o.producer == producer}) + 1))
        assert reached.get(producer, 0) == len(numbers)


@settings(max_examples=150, deadline=None)
@given(arrivals(), st.integers(0, 20))
def test_arriving_bit_by_bit_is_the_same(arrived: list[Told], cut: int) -> None:
    whole = taken(arrived, {})
    reached: dict[str, int] = {}
    first = taken(arrived[:cut], reached)
    left = [one for one in arrived[:cut] if one not in first]
    assert sorted(first + taken(left + arrived[cut:], reached), key=str) == sorted(whole, key=str)


@settings(max_examples=150, deadline=None)
@given(arrivals(), st.data())
def test_what_is_missing_is_never_jumped_over(arrived: list[Told], data: st.DataObject) -> None:
    present = [one for one in arrived if one.producer == "a"]
    if not present:
        return
    missing = data.draw(st.sampled_from(present))
    effects = taken([one for one in arrived if one != missing], {})
    assert all(
        one.client_sequence < missing.client_sequence for one in effects if one.producer == "a"
    )
    others = {one for one in arrived if one.producer == "b"}
    assert {one for one in effects if one.producer == "b"} == others


@settings(max_examples=100, deadline=None)
@given(arrivals(), st.integers(1, 10))
def test_no_more_are_taken_than_asked_for(arrived: list[Told], most: int) -> None:
    assert len(list(in_turn(arrived, {}, most))) <= most


def test_the_three_turns() -> None:
    assert [turn(n, 3) for n in (1, 3, 4, 5, 9)] == [
        Turn.PAST,
        Turn.PAST,
        Turn.NEXT,
        Turn.EARLY,
        Turn.EARLY,
    ]


def test_the_earliest_in_the_stream_goes_first() -> None:
    waiting = [Told("a", 2), Told("b", 1), Told("a", 1), Told("b", 2)]
    assert taken(waiting, {}) == [Told("b", 1), Told("a", 1), Told("a", 2), Told("b", 2)]
