"""Rooms: where sessions are, and what they are good for (F32, F81)."""

from dataclasses import dataclass
from uuid import UUID

from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    id: UUID
    name: str
    dosing_capable: bool
    iv_capable: bool
    monitor: bool
    client_id: None = None
    course_id: None = None

    def suits(self, routes: frozenset[Route]) -> bool:
        """Whether a dose may be taken here; an infusion needs more than the rest (C-13)."""
        return self.dosing_capable and (self.iv_capable or Route.IV not in routes)
