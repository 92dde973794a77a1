"""What is known of a recovery: its doses, looks and clearances, and what they say at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.recovery_checks import RecoveryCheck
from services.prescribing.domain.recovery_states import (
    Clearance,
    DoseOnBoard,
    RecoveryEnd,
    RecoveryStatus,
    Reversal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRecord:
    """``tightened``: something was found with the dose on board, a prescriber clears."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: RecoveryStatus
    doses: Mapping[str, DoseOnBoard] = field(default_factory=dict)
    checks: tuple[RecoveryCheck, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    tightened: bool = False
    ended: RecoveryEnd | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.status is not RecoveryStatus.CLOSED

    @property
    def dose_count(self) -> int:
        return len(self.doses)

    @property
    def last_dose_at(self) -> datetime:
        return max(dose.administered_at for dose in self.doses.values())

    @property
    def minimum_until(self) -> datetime:
        """The end of the minimum observation after the last dose (INV-22)."""
        return max(dose.observe_until for dose in self.doses.values())

    @property
    def reversal_until(self) -> datetime | None:
        """The end of the wait after the last reversal agent."""
        return max((given.wait_until for given in self.reversals), default=None)

    @property
    def observe_until(self) -> datetime:
        """The earliest time of a clearance: minimum observation and every wait are over."""
        return max(self.minimum_until, self.reversal_until or self.minimum_until)

    @property
    def effects_until(self) -> datetime:
        return max(dose.effects_until for dose in self.doses.values())

    @property
    def looks(self) -> tuple[RecoveryCheck, ...]:
        """The checks at which somebody saw the client; an alarm is none."""
        return tuple(check for check in self.checks if check.seen is not None)

    @property
    def newest_check(self) -> RecoveryCheck | None:
        return max(self.checks, key=lambda c: (c.at, c.check_no), default=None)

    @property
    def clearance(self) -> Clearance | None:
        """The newest clearance, whatever became of it."""
        return self.clearances[-1] if self.clearances else None

    @property
    def clearance_id(self) -> UUID | None:
        return self.clearance.clearance_id if self.clearance else None

    def status_at(self, now: datetime) -> RecoveryStatus:
        """The state with deadlines applied: a timer only announces them."""
        if self.status is RecoveryStatus.CLEARED and self.clearance is not None:
            return (
                RecoveryStatus.CLEARED if now < self.clearance.valid_until else RecoveryStatus.READY
            )
        if self.status is RecoveryStatus.OBSERVING and now >= self.observe_until:
            return RecoveryStatus.ASSESSING
        return self.status

    def cleared_at(self, now: datetime) -> bool:
        """Whether a valid clearance covers every dose at that time."""
        clearance = self.clearance
        return (
            self.status_at(now) is RecoveryStatus.CLEARED
            and clearance is not None
            and clearance.covers_dose_seq == self.dose_count
        )
