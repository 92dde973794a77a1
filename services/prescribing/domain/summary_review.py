"""Reading the therapist's summary: no next dose before it was shared and read (F35, INV-17)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent, SessionSummaryReviewed
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from services.prescribing.domain.vocabulary import ReviewOutcome
from shared.decisions import Change, Unblock

ReviewChange: TypeAlias = "Change[SummaryReview, DomainEvent]"


class SummaryStatus(StrEnum):
    AWAITED = "awaited"
    TO_REVIEW = "to_review"
    REVIEWED = "reviewed"


class SummaryStep(StrEnum):
    SHARE = "share"
    REVIEW = "review"


_S, _T = SummaryStatus, SummaryStep
TRANSITIONS: Final = Transitions(
    about="summary",
    cites="INV-17",
    possible={
        _S.AWAITED: {_T.SHARE},
        _S.TO_REVIEW: {_T.SHARE, _T.REVIEW},
        _S.REVIEWED: {_T.SHARE},
    },
    slugs={
        (_S.AWAITED, _T.REVIEW): "summary-not-shared",
        (_S.REVIEWED, _T.REVIEW): "summary-already-reviewed",
    },
)
SHARE: Final = Unblock(fact="the session's summary", owner="scheduling", action="share the summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryReview:
    """One per dosed session; opened by the dose, so that a lost summary shows as missing."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: SummaryStatus
    summary_ref: UUID | None = None
    shared_at: datetime | None = None
    outcome: ReviewOutcome | None = None
    signed: Signature | None = None

    @classmethod
    def awaited(
        cls, review_id: UUID, *, client_id: UUID, course_id: UUID, session_id: UUID
    ) -> "SummaryReview":
        return cls(
            id=review_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=SummaryStatus.AWAITED,
        )

    @property
    def reviewed(self) -> bool:
        return self.status is SummaryStatus.REVIEWED

    def share(self, summary_ref: UUID, at: datetime) -> ReviewChange:
        """The therapist signed a summary; a newer one wants to be read as well."""
        if summary_ref == self.summary_ref:
            return Change(self)
        if self.shared_at is not None and at < self.shared_at:
            return Change(self)
        return Change(
            replace(self, status=SummaryStatus.TO_REVIEW, summary_ref=summary_ref, shared_at=at)
        )

    def review(self, outcome: ReviewOutcome, *, by: Clinician, at: datetime) -> ReviewChange:
        """The prescriber read it and decides how to go on."""
        TRANSITIONS.need(self.status, SummaryStep.REVIEW, SHARE, session_id=str(self.session_id))
        return Change(
            replace(
                self,
                status=SummaryStatus.REVIEWED,
                outcome=outcome,
                signed=Signature.of(by, at),
            ),
            (SessionSummaryReviewed(at=at, session_id=self.session_id, review_outcome=outcome),),
        )
