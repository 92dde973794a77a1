"""The closed vocabularies that only intake needs. What clinics share is in the protocol's."""

from enum import StrEnum


class CourseStatus(StrEnum):
    """Where a course of treatment is (section 6.1). The last three are final."""

    INQUIRY = "inquiry"
    SCREENING = "screening"
    AWAITING_MEDICAL = "awaiting_medical"
    APPROVED = "approved"
    PREPARING = "preparing"
    ACTIVE = "active"
    IN_REVIEW = "in_review"
    COMPLETED = "completed"
    DECLINED = "declined"
    STOPPED = "stopped"


class CourseOutcome(StrEnum):
    """How a course ended. ``no_response`` is as valid as any other (F106)."""

    COMPLETED = "completed"
    CLIENT_STOPPED = "client_stopped"
    CLINICIAN_STOPPED = "clinician_stopped"
    NO_RESPONSE = "no_response"
    TRANSFERRED = "transferred"
    DECLINED = "declined"


class EvaluationOutcome(StrEnum):
    SUITABLE = "suitable"
    NOT_SUITABLE = "not_suitable"


class AssessmentOutcome(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    MORE_INFO = "more_info"


class ReviewDecision(StrEnum):
    CONTINUE = "continue"
    TAPER = "taper"
    STOP = "stop"
