"""A fact together with the event that told it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """``value`` became true at ``occurred_at`` and was told by event ``event_id``."""

    value: T
    event_id: str
    occurred_at: datetime
