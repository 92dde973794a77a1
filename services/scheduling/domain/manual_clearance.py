"""Clearance by two named people while prescribing does not answer (ruling 15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClearance:
    """What two people state about a client whom they looked at together."""

    id: UUID
    stated_dose_count: int
    last_dose_at: datetime
    cleared_at: datetime
    valid_until: datetime
    reason_code: ManualClearanceReason
    first_ref: UUID
    first_role: Role
    second_ref: UUID
    second_role: Role

    def valid(self, now: datetime) -> bool:
        return self.cleared_at <= now < self.valid_until

    def earliest(self, last_dose_seen: datetime | None, observation: timedelta) -> datetime:
        """When they may clear at the earliest: counted from the latest dose stated or seen."""
        latest = max(t for t in (self.last_dose_at, last_dose_seen) if t is not None)
        return latest + observation

    def later_than_all(self, doubts: Iterable[datetime]) -> bool:
        """Whether no rescission, not_ready or escalation was seen since they looked."""
        return all(self.cleared_at > doubt for doubt in doubts)
