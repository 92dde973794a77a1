"""The two evaluations, and the approval that comes of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.vocabulary import AssessmentOutcome, EvaluationOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The psychological evaluation: one of the two that an approval needs (F19)."""

    outcome: EvaluationOutcome
    author_ref: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalRequest:
    """What was asked of prescribing, and the answer to exactly that (INV-2)."""

    request_id: UUID
    requested_at: datetime
    review_flags: int
    outcome: AssessmentOutcome | None = None
    completed_at: datetime | None = None
    assessed_by: UUID | None = None
    valid_until: datetime | None = None
    source_event: str | None = None
    approval_id: UUID | None = None

    @property
    def pending(self) -> bool:
        return self.outcome is None

    @property
    def cleared_and_unused(self) -> bool:
        return self.outcome is AssessmentOutcome.CLEARED and self.approval_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Both evaluations are positive. Revoking is final for the id; a new approval has a new one."""

    approval_id: UUID
    plan_version: int
    granted_at: datetime
    valid_until: datetime
    revoked_at: datetime | None = None

    def current(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.valid_until
