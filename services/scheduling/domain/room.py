"""Rooms: where sessions are, and what they are good for (F32, F81)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    id: UUID
    name: str
    dosing_capable: bool
    iv_capable: bool
    monitor: bool
    client_id: None = None
    course_id: None = None

    def missing_for_dosing(self, *, infusion: bool, monitored: bool) -> Iterator[str]:
        """What this room lacks for a dose to be taken here (C-13)."""
        if not self.dosing_capable:
            yield "dosing_capable"
        if infusion and not self.iv_capable:
            yield "iv_capable"
        if monitored and not self.monitor:
            yield "monitor"
