"""The flag that a course raises before it looks whether it may close (ruling 7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.vocabulary import CourseOutcome, CourseStatus


class ClosingCause(StrEnum):
    """Why a course is being closed. Only a command can be refused (ruling 7)."""

    COMMAND = "command"
    NOT_ELIGIBLE = "not_eligible"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    REVIEWED_TO_STOP = "reviewed_to_stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands in the way of a closing: something of the course that is not over yet."""

    kind: str
    ref: UUID | None
    status: str
    owner: str

    def __str__(self) -> str:
        return f"{self.owner}:{self.kind}:{self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The raised flag: while it stands, every gate is answered with no (ruling 7).

    ``into`` is ``screening`` for a client who only pauses; then there is no outcome.
    """

    closing_id: UUID
    cause: ClosingCause
    into: CourseStatus
    outcome: CourseOutcome | None
    raised_at: datetime
    followup_due_at: datetime | None = None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def refusable(self) -> bool:
        return self.cause is ClosingCause.COMMAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How and when the course ended."""

    outcome: CourseOutcome
    at: datetime
    followup_due_at: datetime | None
