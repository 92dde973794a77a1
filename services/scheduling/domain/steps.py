"""Which step is possible from which state, for what is smaller than a session (6.3).

A session's own machine is in ``session_states``. An escort, a hold, a preparation and a task have a
table each, so that a step that cannot be taken is a refusal with a slug, the state and what can.
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
class Steps(Generic[S, T]):
    """``possible`` has a row for every state; ``slugs`` the field's word for a refused pair."""

    about: str
    cites: str
    possible: Mapping[S, Collection[T]]
    slugs: Mapping[tuple[S, T], str] = field(default_factory=dict)

    def allows(self, state: S, step: T) -> bool:
        return step in self.possible[state]

    def slug(self, state: S, step: T) -> str:
        return self.slugs.get((state, step), f"{self.about}-cannot-{step.replace('_', '-')}")

    def need(self, state: S, step: T, *unblocks_with: Unblock, **facts: Fact) -> None:
        """Refuse a step that is not possible from this state."""
        if not self.allows(state, step):
            refuse(
                self.slug(state, step),
                self.cites,
                *unblocks_with,
                status=state.value,
                allowed=sorted(one.value for one in self.possible[state]),
                **facts,
            )
