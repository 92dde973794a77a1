"""A deadline that came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.storage.timers import TimerValue


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that came due. ``due_at`` is the deadline itself, however late it is now."""

    kind: str
    key: UUID
    client_id: UUID
    due_at: datetime
    payload: Mapping[str, TimerValue]
