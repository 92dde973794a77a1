"""An aggregate in each of its states, and every step that it can be asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.prescribing.domain.transitions import Transitions


@dataclass(frozen=True)
class Subject:
    """A table, an aggregate for each of its states, and what each of its steps calls.

    ``conditions`` are those beside the state that a step needs to be possible.
    """

    table: Transitions[Any, Any]
    states: Callable[[], Mapping[Any, Any]]
    steps: Mapping[Any, Callable[[Any], Any]]
    conditions: Mapping[Any, Callable[[Any], Any]] = field(default_factory=dict)

    def before(self, state: Any, step: Any) -> Any:
        """The aggregate in this state, with everything else that the step needs."""
        made = self.states()[state]
        return self.conditions[step](made) if step in self.conditions else made
