"""The medical assessment of one request: answered once, by a prescriber (F19 to F21, C-14)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, MedicalAssessmentCompleted
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from services.prescribing.domain.vocabulary import AssessmentOutcome, Visit
from shared.decisions import Change, Unblock, refuse

AssessmentChange: TypeAlias = "Change[MedicalAssessment, DomainEvent]"


class AssessmentStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


class AssessmentStep(StrEnum):
    COMPLETE = "complete"
    SUPERSEDE = "supersede"
    CLOSE = "close"


_S, _T = AssessmentStatus, AssessmentStep
_HEARD: Final = {_T.SUPERSEDE, _T.CLOSE}
TRANSITIONS: Final = Transitions(
    about="assessment",
    cites="INV-2",
    possible={
        _S.OPEN: {_T.COMPLETE, *_HEARD},
        _S.COMPLETED: set(),
        _S.SUPERSEDED: set(),
        _S.CLOSED: set(),
    },
    settled={_S.COMPLETED: _HEARD, _S.SUPERSEDED: _HEARD, _S.CLOSED: _HEARD},
    slugs={
        (_S.COMPLETED, _T.COMPLETE): "assessment-not-open",
        (_S.SUPERSEDED, _T.COMPLETE): "assessment-not-open",
        (_S.CLOSED, _T.COMPLETE): "assessment-not-open",
    },
)
WEIGHED: Final = Unblock(
    fact="the prescriber's decision on the findings to review",
    owner="prescribing",
    action="say in the notes why the client is cleared all the same",
)
NEW_REQUEST: Final = Unblock(
    fact="a newer assessment request",
    owner="intake",
    action="ask for a new medical assessment",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Client and prescriber have signed the enrolment of a certified programme (section 3.1)."""

    client_signed_at: datetime
    signed: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalAssessment:
    """``id`` is the request's id, so that an answer can only be to the request it names (INV-2).

    ``superseded``: a newer request replaced it; ``closed``: the client was declined meanwhile.
    ``allergies`` is None until somebody asked the client.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    status: AssessmentStatus
    requested_at: datetime
    review_flags: int
    outcome: AssessmentOutcome | None = None
    valid_until: datetime | None = None
    allergies: tuple[str, ...] | None = None
    notes: str | None = None
    completed: Signature | None = None
    visit: Visit = Visit.IN_PERSON
    enrolled: Enrolment | None = None

    @classmethod
    def open_for(
        cls,
        request_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        requested_at: datetime,
        review_flags: int,
    ) -> AssessmentChange:
        return Change(
            cls(
                id=request_id,
                client_id=client_id,
                course_id=course_id,
                status=AssessmentStatus.OPEN,
                requested_at=requested_at,
                review_flags=review_flags,
            )
        )

    def complete(
        self,
        outcome: AssessmentOutcome,
        *,
        by: Clinician,
        at: datetime,
        valid_until: datetime,
        visit: Visit = Visit.IN_PERSON,
        allergies: tuple[str, ...] | None = None,
        notes: str | None = None,
    ) -> AssessmentChange:
        """The assessor signs; ``valid_until`` counts for ``cleared`` only.

        A client with findings to review is cleared with the prescriber's words on them (F09).
        """
        TRANSITIONS.need(self.status, AssessmentStep.COMPLETE, NEW_REQUEST, request_id=str(self.id))
        cleared = outcome is AssessmentOutcome.CLEARED
        if cleared and valid_until <= at:
            refuse(
                "assessment-validity-over",
                "section 6.2",
                Unblock(
                    fact="a validity that ends later",
                    owner="prescribing",
                    action="state a later end, or none",
                ),
                valid_until=valid_until.isoformat(),
            )
        if cleared and self.review_flags and not (notes or "").strip():
            refuse("review-decision-missing", "F09", WEIGHED, review_flags=self.review_flags)
        until = valid_until if cleared else None
        return Change(
            replace(
                self,
                status=AssessmentStatus.COMPLETED,
                outcome=outcome,
                valid_until=until,
                allergies=allergies,
                notes=notes,
                visit=visit,
                completed=Signature.of(by, at),
            ),
            (
                MedicalAssessmentCompleted(
                    at=at, request_id=self.id, outcome=outcome, valid_until=until
                ),
            ),
        )

    def enrol(self, *, client_signed_at: datetime, by: Clinician, at: datetime) -> AssessmentChange:
        """Both have signed; the same enrolment told again is the same."""
        if not self.clears_at(at):
            refuse(
                "assessment-does-not-clear",
                "section 3.1",
                NEW_REQUEST,
                request_id=str(self.id),
                status=self.status,
            )
        if self.enrolled is not None:
            return Change(self)
        enrolled = Enrolment(client_signed_at=client_signed_at, signed=Signature.of(by, at))
        return Change(replace(self, enrolled=enrolled))

    def supersede(self) -> AssessmentChange:
        """A newer request came: an answer to this one would count for nothing."""
        return self._end(AssessmentStep.SUPERSEDE, AssessmentStatus.SUPERSEDED)

    def close(self) -> AssessmentChange:
        """The course ended before anybody assessed."""
        return self._end(AssessmentStep.CLOSE, AssessmentStatus.CLOSED)

    def clears_at(self, at: datetime) -> bool:
        """Whether it allows a prescription at that time."""
        return (
            self.outcome is AssessmentOutcome.CLEARED
            and self.valid_until is not None
            and at < self.valid_until
        )

    def _end(self, step: AssessmentStep, status: AssessmentStatus) -> AssessmentChange:
        if TRANSITIONS.is_settled(self.status, step):
            return Change(self)
        return Change(replace(self, status=status))


def recorded_allergies(assessments: Iterable[MedicalAssessment]) -> tuple[str, ...] | None:
    """What the newest assessment that asked for them recorded; None: nobody has asked yet."""
    recorded = [a for a in assessments if a.allergies is not None and a.completed is not None]
    newest = max(recorded, key=lambda a: (a.requested_at, str(a.id)), default=None)
    return newest.allergies if newest is not None else None
