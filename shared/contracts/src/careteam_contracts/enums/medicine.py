"""Assessment, prescription, dose, recovery."""

from enum import StrEnum


class AssessmentOutcome(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    MORE_INFO = "more_info"


class PrescriptionEnd(StrEnum):
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    COURSE_CLOSED = "course_closed"


class PrescriptionStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ENDED = "ended"


class DoseOrderStatus(StrEnum):
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    CHECKED = "checked"
    RELEASED = "released"
    ADMINISTERED = "administered"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    CLOSED = "closed"


class PreDoseOutcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, not a password
    REVIEW = "review"
    HOLD = "hold"


class RecoveryOutcome(StrEnum):
    ON_TRACK = "on_track"
    NOT_READY = "not_ready"
    ESCALATE = "escalate"


class RecoveryStatus(StrEnum):
    OBSERVING = "observing"
    ASSESSING = "assessing"
    NOT_READY = "not_ready"
    READY = "ready"
    CLEARED = "cleared"
    RESCINDED = "rescinded"
    CLOSED = "closed"


class SummaryReview(StrEnum):
    CONTINUE = "continue"
    ADJUST = "adjust"
    HOLD = "hold"
