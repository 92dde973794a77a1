"""What a behaviour returns: the aggregate after it, and the events that say what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Change(Generic[S, E]):
    """A new state and its events, in the order in which they became true."""

    state: S
    events: tuple[E, ...] = ()

    def then(self, behaviour: "Callable[[S], Change[S, E]]") -> "Change[S, E]":
        """Apply another behaviour to the new state and keep both lists of events."""
        following = behaviour(self.state)
        return Change(following.state, self.events + following.events)
