"""A two-phase set: what was removed stays removed, also when the removal arrives first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Generic, Self, TypeVar

from shared.folds.sourced import Sourced

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PhasedSet(Generic[T]):
    """Members by id, and tombstones by id with the event that killed them.

    Adding is idempotent (the first telling of an id stays), removing is final. So any
    permutation and any repetition of the same tellings gives the same set.
    """

    members: Mapping[str, Sourced[T]] = field(default_factory=dict)
    tombstones: Mapping[str, str] = field(default_factory=dict)

    def add(self, key: str, member: Sourced[T]) -> Self:
        known = self.members.get(key)
        if known is not None and known.event_id <= member.event_id:
            return self
        return replace(self, members={**self.members, key: member})

    def remove(self, key: str, event_id: str) -> Self:
        known = self.tombstones.get(key)
        if known is not None and known <= event_id:
            return self
        return replace(self, tombstones={**self.tombstones, key: event_id})

    @property
    def open(self) -> Mapping[str, Sourced[T]]:
        """Members that were added and not removed."""
        return MappingProxyType(
            {key: member for key, member in self.members.items() if key not in self.tombstones}
        )

    def is_open(self, key: str) -> bool:
        return key in self.members and key not in self.tombstones
