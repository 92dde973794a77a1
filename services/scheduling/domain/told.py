"""How a fact came to be known here."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from shared.folds import Sourced

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The event that tells: its id, when it became true, its place among its aggregate's events."""

    event_id: str
    occurred_at: datetime
    version: int = 1

    def of(self, value: T) -> Sourced[T]:
        return Sourced(value=value, event_id=self.event_id, occurred_at=self.occurred_at)


def first_told(known: Sourced[T] | None, told: Sourced[T]) -> Sourced[T]:
    """The telling that stays, whichever arrives first: ids of events are ordered by time."""
    if known is not None and known.event_id <= told.event_id:
        return known
    return told
