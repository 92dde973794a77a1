"""Who takes the client home (F89). The assignment is here; name and phone are kept apart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.scheduling.domain.steps import Steps


class EscortStatus(StrEnum):
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


class EscortStep(StrEnum):
    CANCEL = "cancel"
    ARRIVE = "arrive"


_S, _T = EscortStatus, EscortStep
STEPS: Final = Steps(
    about="escort",
    cites="F89",
    possible={
        _S.CONFIRMED: frozenset(_T),
        _S.ARRIVED: frozenset(_T),
        _S.CANCELLED: frozenset(),
    },
    slugs={
        (_S.CANCELLED, _T.CANCEL): "escort-already-cancelled",
        (_S.CANCELLED, _T.ARRIVE): "escort-cancelled",
    },
)
"""Who is here may still fall through, and is seen again; who cancelled is another assignment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """One assignment for one session. Cancelled is final: the same person again is a new one.

    ``schedule_version`` is the booking it was confirmed for: a promise for one day says nothing
    about another.
    """

    id: UUID
    status: EscortStatus
    schedule_version: int
    confirmed_at: datetime
    rideshare: bool = False
    arrived_at: datetime | None = None
    seen_at: datetime | None = None
    identity_matched: bool = False
    cancelled_at: datetime | None = None

    @property
    def last_seen(self) -> datetime | None:
        """When the escort was last known to be at the desk."""
        return self.seen_at or self.arrived_at

    @property
    def open(self) -> bool:
        return self.status is not EscortStatus.CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class EscortContact:
    """The person behind an assignment. Private: never leaves scheduling but as a detail answer."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    name: str
    phone: str
    relationship: str
