"""What is known of a dose order, and what that means at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.dose_order_states import (
    ASKING_LAPSES_AFTER,
    AUTHORISED,
    OPEN,
    TRANSITIONS,
    Dose,
    DoseOrderStatus,
    OrderTrigger,
    Stopped,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOrderRecord:
    """``asking_since`` is the flag raised before peers are asked for a release (ruling 7).

    ``medicine_out``: released, and neither taken nor returned; such an order closes with no count.
    ``refused_for`` says why it was not authorised when that was last decided.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: DoseOrderStatus
    starts_at: datetime
    planned_end_at: datetime
    prescription_id: UUID | None = None
    valid_until: datetime | None = None
    asking_since: datetime | None = None
    medicine_out: bool = False
    doses: tuple[Dose, ...] = ()
    stopped: Stopped | None = None
    closed_at: datetime | None = None
    refused_for: tuple[str, ...] = ()
    authorised_since: datetime | None = None

    @property
    def count(self) -> int:
        return len(self.doses)

    @property
    def next_seq(self) -> int:
        return max((dose.seq for dose in self.doses), default=0) + 1

    @property
    def last_dose(self) -> Dose | None:
        return max(self.doses, key=lambda d: (d.administered_at, d.seq), default=None)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def authorised(self) -> bool:
        """Authorised and on its way; a side exit ends that, also with a taken dose."""
        bound = self.prescription_id is not None and self.stopped is None
        return bound and self.status in AUTHORISED

    def authorised_at(self, at: datetime) -> bool:
        """The same at a time that has passed: neither stopped nor closed by then."""
        begun = self.authorised_since is None or self.authorised_since <= at
        stopped = self.stopped is not None and self.stopped.at <= at
        closed = self.closed_at is not None and self.closed_at <= at
        return self.prescription_id is not None and begun and not stopped and not closed

    def in_hand(self, now: datetime) -> bool:
        """Released, about to be, or given, and not closed: no course closes over it (ruling 7)."""
        asking = self.asking_since is not None and now - self.asking_since < ASKING_LAPSES_AFTER
        return self.open and (asking or self.medicine_out or self.count > 0)

    def dose(self, seq: int) -> Dose | None:
        return next((dose for dose in self.doses if dose.seq == seq), None)

    @property
    def closable(self) -> bool:
        """Whether a close would be accepted once the session's end is known."""
        return TRANSITIONS.allows(self.status, OrderTrigger.CLOSE) and not self.medicine_out
