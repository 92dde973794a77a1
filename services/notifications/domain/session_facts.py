"""What the others' events tell about one session, whatever their order and number.

Every fact is a member of a set or a register with a version, so any permutation and repetition of
the same events gives the same value (clinical.md 5.1, INV-26).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.folds import Highest, PhasedSet, Sourced


class SessionKind(StrEnum):
    CONSULTATION = "consultation"
    PREP = "prep"
    DOSING = "dosing"
    INTEGRATION = "integration"
    FOLLOW_UP = "follow_up"


class SessionOutcome(StrEnum):
    COMPLETED = "completed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_CLINICIAN = "ended_by_clinician"
    ABORTED_BEFORE_DOSE = "aborted_before_dose"


class Mark(StrEnum):
    """Things that happen to a session at most once."""

    STARTED = "started"
    CANCELLED = "cancelled"
    MISSED = "missed"
    INTEGRATION_DECLINED = "integration_declined"
    SAFETY_PLAN_CONFIRMED = "safety_plan_confirmed"


class ExitWay(StrEnum):
    """How a client left the building after a dose (C-10)."""

    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    AGAINST_ADVICE = "against_advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    starts_at: datetime
    planned_end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose by its number. Never an amount."""

    seq: int
    administered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    outcome: SessionOutcome
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The client's leaving, and the clearance that allowed it, if one did."""

    way: ExitWay
    at: datetime
    clearance_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    id: UUID
    kind: SessionKind | None = None
    booking: Highest[Booking] = field(default_factory=Highest)
    marks: PhasedSet[datetime] = field(default_factory=PhasedSet)
    doses: PhasedSet[Dose] = field(default_factory=PhasedSet)
    signs: PhasedSet[datetime] = field(default_factory=PhasedSet)
    orders: Mapping[str, Highest[int]] = field(default_factory=dict)
    ends: PhasedSet[End] = field(default_factory=PhasedSet)
    exits: PhasedSet[Exit] = field(default_factory=PhasedSet)
    escorts: PhasedSet[datetime] = field(default_factory=PhasedSet)
    arrivals: PhasedSet[datetime] = field(default_factory=PhasedSet)
    clearances: PhasedSet[int] = field(default_factory=PhasedSet)
    worries: PhasedSet[datetime] = field(default_factory=PhasedSet)
    dangers: PhasedSet[datetime] = field(default_factory=PhasedSet)

    def of_kind(self, kind: SessionKind) -> "SessionFacts":
        return replace(self, kind=kind)

    def booked(self, version: int, told: Sourced[Booking]) -> "SessionFacts":
        """Booked or moved; the session's highest version tells the time that holds."""
        return replace(self, booking=self.booking.tell(version, told))

    def marked(self, mark: Mark, told: Sourced[datetime]) -> "SessionFacts":
        return replace(self, marks=self.marks.add(mark.value, told))

    def dose(self, order_id: UUID, told: Sourced[Dose]) -> "SessionFacts":
        """A dose counts once for its order and number, however often it is heard of."""
        return replace(self, doses=self.doses.add(f"{order_id}:{told.value.seq}", told))

    def sign_of_dose(self, key: str, told: Sourced[datetime]) -> "SessionFacts":
        """Something that only a dosed session has, heard of perhaps before the dose (INV-28)."""
        return replace(self, signs=self.signs.add(key, told))

    def order_closed(self, order_id: UUID, version: int, told: Sourced[int]) -> "SessionFacts":
        """How many doses an order ended with; a correction has a higher version (ruling 12)."""
        counts = self.orders.get(str(order_id), Highest()).tell(version, told)
        return replace(self, orders={**self.orders, str(order_id): counts})

    def ended(self, told: Sourced[End]) -> "SessionFacts":
        return replace(self, ends=self.ends.add(told.event_id, told))

    def left(self, told: Sourced[Exit]) -> "SessionFacts":
        """Leaving is also a sign of a dose: without one there is no recovery to leave from."""
        departure = Sourced(told.value.at, told.event_id, told.occurred_at)
        return replace(self, exits=self.exits.add(told.value.way.value, told)).sign_of_dose(
            "left", departure
        )

    def escort_confirmed(self, escort_id: UUID, told: Sourced[datetime]) -> "SessionFacts":
        return replace(self, escorts=self.escorts.add(str(escort_id), told))

    def escort_cancelled(self, escort_id: UUID, event_id: str) -> "SessionFacts":
        return replace(self, escorts=self.escorts.remove(str(escort_id), event_id))

    def escort_arrived(self, escort_id: UUID, told: Sourced[datetime]) -> "SessionFacts":
        return replace(self, arrivals=self.arrivals.add(str(escort_id), told))

    def cleared(self, clearance_id: UUID, told: Sourced[int]) -> "SessionFacts":
        """A clearance and how many doses it covers."""
        return replace(self, clearances=self.clearances.add(str(clearance_id), told))

    def clearance_rescinded(self, clearance_id: UUID, event_id: str) -> "SessionFacts":
        return replace(self, clearances=self.clearances.remove(str(clearance_id), event_id))

    def worried(self, key: str, told: Sourced[datetime]) -> "SessionFacts":
        """A reason for the enhanced plan that belongs to this session."""
        return replace(self, worries=self.worries.add(key, told))

    def endangered(self, key: str, told: Sourced[datetime]) -> "SessionFacts":
        """Something that makes it unsafe for this client to be gone."""
        return replace(self, dangers=self.dangers.add(key, told))
