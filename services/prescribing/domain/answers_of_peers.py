"""What intake and scheduling answered within this request; never stored (ruling 6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.vocabulary import SessionOutcome
from shared.protocol import ConsentScope, Pin

MAX_ANSWER_AGE_SECONDS: Final = 5.0
COURSE_ACTIVE: Final = "active"


class EscortState(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``age_seconds`` is by the monotonic clock, from asking to deciding.

    ``known``: the peer has heard of the course. ``unverifiable``: events of it are parked there.
    """

    known: bool
    unverifiable: bool
    age_seconds: float
    protocol: Pin
    open_holds: tuple[OthersHold, ...] = ()

    @property
    def usable(self) -> bool:
        return self.known and not self.unverifiable and self.age_seconds <= MAX_ANSWER_AGE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeAnswer(Answer):
    course_status: str | None = None
    approval_id: UUID | None = None
    approval_active: bool = False
    active_scopes: frozenset[ConsentScope] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingAnswer(Answer):
    session_status: str | None = None
    in_progress: bool = False
    stopped: bool = False
    therapy_ended: bool = False
    ended_at: datetime | None = None
    outcome: SessionOutcome | None = None
    escort: EscortState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """How well one producer's events of this client are known here (ruling 5)."""

    age_seconds: float | None
    waiting: int = 0
    parked: int = 0
