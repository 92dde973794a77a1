"""The client's assent on the day, after the process was explained (F40)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinic_time import same_local_day


class AssentStatus(StrEnum):
    NONE = "none"
    GIVEN = "given"
    USED = "used"
    LAPSED = "lapsed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assent:
    """One explanation and the client's answer to it. A new explanation is a new assent."""

    id: UUID | None = None
    status: AssentStatus = AssentStatus.NONE
    at: datetime | None = None
    valid_until: datetime | None = None

    def as_of(self, now: datetime, zone: ZoneInfo) -> AssentStatus:
        """What the assent is worth now: it lapses with time, and never outlives its day (INV-5)."""
        if self.status is not AssentStatus.GIVEN or self.at is None:
            return self.status
        lasts = self.valid_until is not None and now < self.valid_until
        fresh = self.at <= now and lasts and same_local_day(self.at, now, zone)
        return AssentStatus.GIVEN if fresh else AssentStatus.LAPSED

    def used(self) -> "Assent":
        return replace(self, status=AssentStatus.USED)

    def taken_back(self, at: datetime) -> "Assent":
        return replace(self, status=AssentStatus.REFUSED, at=at)
