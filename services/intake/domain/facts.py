"""What intake knows of a course from the other services' events, folded whatever their order.

The fold table is section 5.1: sets with tombstones, highest versions, and ends that only move
forward. A fact keeps the event that told it, so that a decision can name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from shared.folds import Highest, PhasedSet, Sourced, owned_key
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignHold:
    """A hold of another service: intake counts it, and can never lift it."""

    hold_id: UUID
    owner: str
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    session_id: UUID
    administered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """Without a known end it is in force; a known end never moves back (ruling 21)."""

    session_id: UUID
    until: datetime
    end_known: bool

    def joined(self, other: "Restriction") -> "Restriction":
        if self.end_known is not other.end_known:
            return self if self.end_known else other
        return self if self.until >= other.until else other


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd:
    kind: str
    outcome: str
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    kind: str
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """Everything that was told about one course. Empty means: nothing was told, not: it is so."""

    course_id: UUID
    client_id: UUID
    holds: PhasedSet[ForeignHold] = field(default_factory=PhasedSet)
    doses: PhasedSet[Dose] = field(default_factory=PhasedSet)
    closed_orders: Mapping[str, Highest[int]] = field(default_factory=dict)
    ends: Mapping[str, Sourced[SessionEnd]] = field(default_factory=dict)
    preparation: PhasedSet[int] = field(default_factory=PhasedSet)
    discharges: PhasedSet[datetime] = field(default_factory=PhasedSet)
    walk_outs: PhasedSet[datetime] = field(default_factory=PhasedSet)
    restrictions: Mapping[str, Sourced[Restriction]] = field(default_factory=dict)
    aftercare_done: PhasedSet[UUID] = field(default_factory=PhasedSet)
    serious_adverse_events: PhasedSet[UUID] = field(default_factory=PhasedSet)
    bookings: PhasedSet[Booking] = field(default_factory=PhasedSet)
    moved_to: Mapping[str, Highest[datetime]] = field(default_factory=dict)
    started: PhasedSet[datetime] = field(default_factory=PhasedSet)
    prescriptions: PhasedSet[datetime] = field(default_factory=PhasedSet)
    amended_until: Mapping[str, Highest[datetime]] = field(default_factory=dict)

    def hold_placed(self, hold: Sourced[ForeignHold]) -> "CourseFacts":
        return replace(
            self, holds=self.holds.add(owned_key(hold.value.owner, hold.value.hold_id), hold)
        )

    def hold_lifted(self, *, owner: str, hold_id: UUID, event_id: str) -> "CourseFacts":
        """Only the service that placed a hold lifts it: the key names both (INV-32)."""
        return replace(self, holds=self.holds.remove(owned_key(owner, hold_id), event_id))

    def dose_given(self, *, order_id: UUID, dose_seq: int, dose: Sourced[Dose]) -> "CourseFacts":
        return replace(self, doses=self.doses.add(f"{order_id}:{dose_seq}", dose))

    def order_closed(self, *, order_id: UUID, version: int, count: Sourced[int]) -> "CourseFacts":
        """A corrected count has a higher version, and that wins (ruling 12)."""
        known: Highest[int] = self.closed_orders.get(str(order_id), Highest())
        return replace(
            self,
            closed_orders={**self.closed_orders, str(order_id): known.tell(version, count)},
        )

    def session_ended(self, *, session_id: UUID, end: Sourced[SessionEnd]) -> "CourseFacts":
        """The latest end counts, not the latest arrival."""
        known = self.ends.get(str(session_id))
        if known is not None and _end_order(known) >= _end_order(end):
            return self
        return replace(self, ends={**self.ends, str(session_id): end})

    def preparation_met(self, *, preparation_id: UUID, count: Sourced[int]) -> "CourseFacts":
        return replace(self, preparation=self.preparation.add(str(preparation_id), count))

    def discharged(self, *, session_id: UUID, at: Sourced[datetime]) -> "CourseFacts":
        return replace(self, discharges=self.discharges.add(str(session_id), at))

    def walked_out(self, *, session_id: UUID, at: Sourced[datetime]) -> "CourseFacts":
        return replace(self, walk_outs=self.walk_outs.add(str(session_id), at))

    def restricted(self, *, aftercare_id: UUID, told: Sourced[Restriction]) -> "CourseFacts":
        known = self.restrictions.get(str(aftercare_id))
        kept = told
        if known is not None and known.value.joined(told.value) == known.value:
            same = known.value == told.value
            kept = min(known, told, key=lambda one: one.event_id) if same else known
        return replace(self, restrictions={**self.restrictions, str(aftercare_id): kept})

    def aftercare_completed(self, *, aftercare_id: UUID, told: Sourced[UUID]) -> "CourseFacts":
        return replace(self, aftercare_done=self.aftercare_done.add(str(aftercare_id), told))

    def serious_adverse_event(self, *, ae_id: UUID, told: Sourced[UUID]) -> "CourseFacts":
        return replace(
            self, serious_adverse_events=self.serious_adverse_events.add(str(ae_id), told)
        )

    def session_booked(self, *, session_id: UUID, booking: Sourced[Booking]) -> "CourseFacts":
        return replace(self, bookings=self.bookings.add(str(session_id), booking))

    def session_moved(
        self, *, session_id: UUID, version: int, to: Sourced[datetime]
    ) -> "CourseFacts":
        known: Highest[datetime] = self.moved_to.get(str(session_id), Highest())
        return replace(self, moved_to={**self.moved_to, str(session_id): known.tell(version, to)})

    def session_off(self, *, session_id: UUID, event_id: str) -> "CourseFacts":
        """Cancelled or missed: it is no longer ahead."""
        return replace(self, bookings=self.bookings.remove(str(session_id), event_id))

    def session_started(self, *, session_id: UUID, at: Sourced[datetime]) -> "CourseFacts":
        return replace(self, started=self.started.add(str(session_id), at))

    def prescribed(self, *, prescription_id: UUID, until: Sourced[datetime]) -> "CourseFacts":
        return replace(self, prescriptions=self.prescriptions.add(str(prescription_id), until))

    def prescription_amended(
        self, *, prescription_id: UUID, version: int, until: Sourced[datetime]
    ) -> "CourseFacts":
        known: Highest[datetime] = self.amended_until.get(str(prescription_id), Highest())
        return replace(
            self,
            amended_until={**self.amended_until, str(prescription_id): known.tell(version, until)},
        )

    def prescription_revoked(self, *, prescription_id: UUID, event_id: str) -> "CourseFacts":
        return replace(
            self, prescriptions=self.prescriptions.remove(str(prescription_id), event_id)
        )


def _end_order(end: Sourced[SessionEnd]) -> tuple[datetime, str]:
    return end.value.ended_at, end.event_id
