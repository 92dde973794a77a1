"""The client's assent on the day, after the process was explained (F40)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinic_time import same_local_day
from shared.decisions import Unblock, refuse


class AssentStatus(StrEnum):
    NONE = "none"
    GIVEN = "given"
    USED = "used"
    LAPSED = "lapsed"
    REFUSED = "refused"


TRANSITIONS: Final[Mapping[AssentStatus, frozenset[AssentStatus]]] = MappingProxyType(
    {
        AssentStatus.NONE: frozenset({AssentStatus.GIVEN, AssentStatus.REFUSED}),
        AssentStatus.GIVEN: frozenset(
            {AssentStatus.GIVEN, AssentStatus.USED, AssentStatus.LAPSED, AssentStatus.REFUSED}
        ),
        AssentStatus.LAPSED: frozenset({AssentStatus.GIVEN, AssentStatus.REFUSED}),
        AssentStatus.REFUSED: frozenset({AssentStatus.GIVEN, AssentStatus.REFUSED}),
        AssentStatus.USED: frozenset(),
    }
)
"""From each answer, what may follow (6.5). Lapsing comes by itself; an answer is used once."""


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

    def answered(self, answer: "Assent") -> "Assent":
        """Asked again; the later answer counts."""
        self._need(answer.status)
        return answer

    def used(self) -> "Assent":
        self._need(AssentStatus.USED)
        return replace(self, status=AssentStatus.USED)

    def taken_back(self, at: datetime) -> "Assent":
        self._need(AssentStatus.REFUSED)
        return replace(self, status=AssentStatus.REFUSED, at=at)

    def _need(self, to: AssentStatus) -> None:
        if to not in TRANSITIONS[self.status]:
            refuse(
                f"assent-is-{self.status.value}",
                "6.5",
                Unblock(fact="assent", owner="scheduling", action="explain and ask again"),
                status=self.status.value,
                to=to.value,
            )
