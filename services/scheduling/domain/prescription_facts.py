"""Prescriptions and dose orders as scheduling knows them. Never an amount."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.told import Told, first_told
from shared.folds import Highest, Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionTerms:
    timing_profile: str
    sessions_authorised: int
    valid_until: datetime
    valid_from: datetime | None = None
    told_as: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionFacts:
    """One prescription. Revoked is final; otherwise the highest version counts (5.1)."""

    terms: Highest[PrescriptionTerms] = field(default_factory=Highest)
    revoked: Sourced[bool] | None = None
    ended: Highest[str] = field(default_factory=Highest)

    def current(self, at: datetime) -> PrescriptionTerms | None:
        """The terms in force at a moment; an amendment after an end gives new force."""
        told = self.terms.told
        if told is None or self.revoked is not None or not self._continued(told.value):
            return None
        return told.value if at < told.value.valid_until else None

    def _continued(self, terms: PrescriptionTerms) -> bool:
        return self.ended.told is None or self.ended.version < terms.told_as


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseFact:
    administered_at: datetime
    timing_profile: str
    observe_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """One dose order: what it is bound to, what was taken from it, and its final count."""

    session_id: str
    prescription_id: Sourced[str] | None = None
    valid_until: Sourced[datetime] | None = None
    withheld: Sourced[str] | None = None
    doses: Mapping[str, Sourced[DoseFact]] = field(default_factory=dict)
    closed: Highest[int] = field(default_factory=Highest)

    @property
    def is_closed(self) -> bool:
        return self.closed.told is not None

    @property
    def count(self) -> int:
        """Doses taken: the set seen, or the final count where that says more (INV-25)."""
        final = self.closed.told
        return max(len(self.doses), 0 if final is None else final.value)

    @property
    def authorised(self) -> bool:
        """Bound to its session and still of use."""
        return self.valid_until is not None and self.withheld is None and not self.is_closed

    def authorise(self, told: Told, prescription_id: str, valid_until: datetime) -> "OrderFacts":
        return replace(
            self,
            prescription_id=first_told(self.prescription_id, told.of(prescription_id)),
            valid_until=first_told(self.valid_until, told.of(valid_until)),
        )

    def withhold(self, told: Told, category: str) -> "OrderFacts":
        return replace(self, withheld=first_told(self.withheld, told.of(category)))

    def administer(self, told: Told, dose_seq: int, dose: DoseFact) -> "OrderFacts":
        key = str(dose_seq)
        kept = first_told(self.doses.get(key), told.of(dose))
        return replace(self, doses={**self.doses, key: kept})

    def close(self, told: Told, count: int) -> "OrderFacts":
        return replace(self, closed=self.closed.tell(told.version, told.of(count)))
