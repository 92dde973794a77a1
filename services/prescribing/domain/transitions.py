"""Which step is possible from which state: one explicit table per aggregate.

A command that a table does not have is a refusal with a slug and the state, never a silent
nothing. What is only heard (an event told twice, a timer that comes late) may find its step already
done: those pairs stand in ``settled``, and nothing else does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from shared.decisions import Unblock, refuse
from shared.decisions.refusal import Fact

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions(Generic[S, T]):
    """``about`` names the aggregate in slugs, ``cites`` the source of the table.

    ``slugs`` names a pair by its own word where the field has one; else ``about-cannot-step``.
    """

    about: str
    cites: str
    possible: Mapping[S, Collection[T]]
    settled: Mapping[S, Collection[T]] = field(default_factory=dict)
    slugs: Mapping[tuple[S, T], str] = field(default_factory=dict)

    def allows(self, state: S, step: T) -> bool:
        return step in self.possible[state]

    def is_settled(self, state: S, step: T) -> bool:
        """Whether the step was heard of and changes nothing any more."""
        return step in self.settled.get(state, ())

    def slug(self, state: S, step: T) -> str:
        return self.slugs.get((state, step), f"{self.about}-cannot-{step.replace('_', '-')}")

    def need(self, state: S, step: T, *unblocks_with: Unblock, **facts: Fact) -> None:
        """Refuse a step that is not possible from this state."""
        if not self.allows(state, step):
            ways = unblocks_with or (self.another_state(step),)
            refuse(self.slug(state, step), self.cites, *ways, status=state, **facts)

    def another_state(self, step: T) -> Unblock:
        """The states from which the step is possible."""
        names = sorted(state for state in self.possible if self.allows(state, step))
        return Unblock(
            fact=f"{self.about.replace('-', ' ')} in state {' or '.join(names)}",
            owner="prescribing",
            action="read it again: its state decides what is possible next",
        )
