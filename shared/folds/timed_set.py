"""A two-phase set that also says what was in it at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Generic, Self

from shared.folds.phased_set import PhasedSet, T
from shared.folds.sourced import Sourced


@dataclass(frozen=True, slots=True)
class TimedSet(PhasedSet[T], Generic[T]):
    """A member is in the set from when it occurred until the earliest time at which it was removed.

    A removal whose time nobody told counts for every time. ``T`` is the parent's own: whoever reads
    a stored set resolves the inherited fields by it.
    """

    removed_at: Mapping[str, datetime] = field(default_factory=dict)

    def remove_at(self, key: str, event_id: str, at: datetime | None) -> Self:
        """Removed by this event, at that time."""
        removed = self.remove(key, event_id)
        known = self.removed_at.get(key)
        if at is None or (known is not None and known <= at):
            return removed
        return replace(removed, removed_at={**self.removed_at, key: at})

    def open_at(self, at: datetime) -> Mapping[str, Sourced[T]]:
        """Members that were added by then and not removed yet."""
        return MappingProxyType(
            {
                key: member
                for key, member in self.members.items()
                if member.occurred_at <= at and not self._removed_by(key, at)
            }
        )

    def _removed_by(self, key: str, at: datetime) -> bool:
        removed = self.removed_at.get(key)
        return key in self.tombstones and (removed is None or removed <= at)
