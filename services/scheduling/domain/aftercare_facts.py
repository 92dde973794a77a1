"""Restriction windows that notifications published (ruling 21)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.told import Told
from shared.folds import Highest, Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareFacts:
    """One session's window. Without a known end it is in force; a known end only grows (INV-26)."""

    session_id: str
    told: Sourced[datetime]
    known_end: Sourced[datetime] | None = None
    plan: Highest[str] = field(default_factory=Highest)

    def extended(self, told: Told, until: datetime, *, end_known: bool) -> "AftercareFacts":
        latest = max(self.told, told.of(until), key=lambda t: (t.value, t.event_id))
        if not end_known:
            return replace(self, told=latest)
        ends = [t for t in (self.known_end, told.of(until)) if t is not None]
        return replace(self, told=latest, known_end=max(ends, key=lambda t: (t.value, t.event_id)))

    def planned(self, told: Told, plan: str) -> "AftercareFacts":
        return replace(self, plan=self.plan.tell(told.version, told.of(plan)))

    @property
    def enhanced(self) -> bool:
        return self.plan.told is not None and self.plan.told.value == "enhanced"
