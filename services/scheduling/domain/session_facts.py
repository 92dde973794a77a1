"""What the others told about one session: checks, recovery, clearance, instructions, review."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.told import Told, first_told
from shared.folds import Highest, PhasedSet, Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFact:
    check_id: str
    outcome: str
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceFact:
    covers_dose_seq: int
    cleared_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    check: Highest[CheckFact] = field(default_factory=Highest)
    recovery_checks: Mapping[str, Sourced[str]] = field(default_factory=dict)
    clearances: PhasedSet[ClearanceFact] = field(default_factory=PhasedSet)
    rescissions: Mapping[str, Sourced[bool]] = field(default_factory=dict)
    instructed: Mapping[str, Sourced[bool]] = field(default_factory=dict)
    acknowledged: Mapping[str, Sourced[bool]] = field(default_factory=dict)
    summary_reviewed: Highest[str] = field(default_factory=Highest)
    adverse_events: Mapping[str, Sourced[bool]] = field(default_factory=dict)
    check_ins: Mapping[str, Sourced[str]] = field(default_factory=dict)

    def checked(self, told: Told, version: int, check: CheckFact) -> "SessionFacts":
        return replace(self, check=self.check.tell(version, told.of(check)))

    def recovery_checked(self, told: Told, check_no: int, outcome: str) -> "SessionFacts":
        key = str(check_no)
        kept = first_told(self.recovery_checks.get(key), told.of(outcome))
        return replace(self, recovery_checks={**self.recovery_checks, key: kept})

    def cleared(self, told: Told, clearance_id: str, clearance: ClearanceFact) -> "SessionFacts":
        return replace(self, clearances=self.clearances.add(clearance_id, told.of(clearance)))

    def rescinded(self, told: Told, clearance_id: str) -> "SessionFacts":
        kept = first_told(self.rescissions.get(clearance_id), told.of(value=True))
        return replace(
            self,
            clearances=self.clearances.remove(clearance_id, told.event_id),
            rescissions={**self.rescissions, clearance_id: kept},
        )

    def instructions_given(self, told: Told, recipient: str) -> "SessionFacts":
        kept = first_told(self.instructed.get(recipient), told.of(value=True))
        return replace(self, instructed={**self.instructed, recipient: kept})

    def instructions_confirmed(self, told: Told, recipient: str) -> "SessionFacts":
        kept = first_told(self.acknowledged.get(recipient), told.of(value=True))
        return replace(self, acknowledged={**self.acknowledged, recipient: kept})

    def reviewed(self, told: Told, outcome: str) -> "SessionFacts":
        return replace(
            self, summary_reviewed=self.summary_reviewed.tell(told.version, told.of(outcome))
        )

    def harmed(self, told: Told, ae_id: str, *, serious: bool) -> "SessionFacts":
        kept = first_told(self.adverse_events.get(ae_id), told.of(serious))
        return replace(self, adverse_events={**self.adverse_events, ae_id: kept})

    def asked_after(self, told: Told, checkin_id: str, outcome: str) -> "SessionFacts":
        kept = first_told(self.check_ins.get(checkin_id), told.of(outcome))
        return replace(self, check_ins={**self.check_ins, checkin_id: kept})

    def clearance(self, now: datetime, doses: int) -> tuple[str, Sourced[ClearanceFact]] | None:
        """The clearance that stands: unrescinded, unexpired, covering every dose seen (INV-21)."""
        standing = [
            (clearance_id, told)
            for clearance_id, told in self.clearances.open.items()
            if told.value.covers_dose_seq >= doses and now < told.value.valid_until
        ]
        return max(standing, key=lambda item: (item[1].value.valid_until, item[0]), default=None)

    @property
    def doubts(self) -> tuple[datetime, ...]:
        """When prescribing last doubted the recovery: every rescission, not_ready, escalation."""
        checks = (
            told.occurred_at
            for told in self.recovery_checks.values()
            if told.value in {"not_ready", "escalate"}
        )
        return (*checks, *(told.occurred_at for told in self.rescissions.values()))
