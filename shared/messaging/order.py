"""Whose turn it is: the whole of the ordering, without a database.

Two things are known of an event: the number that its producer gave it, counting what it told about
this client without holes; and how far that producer's events of the client took effect. Then there
are three cases. A number that was reached has taken effect already, however often it comes again.
The number after it is next. Any other is early: something before it is missing, and it waits.

So the order in which messages arrive does not matter, nor how often they do: whatever the broker
does, the events of one producer about one client take effect as 1, 2, 3, … and each once. What is
lost is not skipped; it is missing, and stays so until it is there.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Protocol, TypeVar


class Turn(Enum):
    """Where an event stands in its producer's count."""

    PAST = "past"
    NEXT = "next"
    EARLY = "early"


class Numbered(Protocol):
    """An event as far as its order goes."""

    @property
    def producer(self) -> str: ...
    @property
    def client_sequence(self) -> int: ...


N = TypeVar("N", bound=Numbered)


def turn(sequence: int, reached: int) -> Turn:
    """Where the event with this number stands when its producer's count has reached ``reached``."""
    if sequence <= reached:
        return Turn.PAST
    return Turn.NEXT if sequence == reached + 1 else Turn.EARLY


def in_turn(waiting: Iterable[N], reached: dict[str, int], most: int) -> Iterator[tuple[N, Turn]]:
    """What of one client's lane can be taken now, in order; moves ``reached`` along.

    ``waiting`` is in the order of the stream. The earliest whose turn has come goes first, and
    whatever it makes possible comes before what lies behind that. Ends after ``most`` events, or
    when everything that is left is early.
    """
    left = list(waiting)
    for _ in range(most):
        for index, one in enumerate(left):
            place = turn(one.client_sequence, reached.get(one.producer, 0))
            if place is Turn.EARLY:
                continue
            del left[index]
            yield one, place
            if place is Turn.NEXT:
                reached[one.producer] = one.client_sequence
            break
        else:
            return
