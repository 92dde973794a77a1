"""The course, its consent and its preferences."""

from enum import StrEnum


class CourseStatus(StrEnum):
    INQUIRY = "inquiry"
    SCREENING = "screening"
    AWAITING_MEDICAL = "awaiting_medical"
    APPROVED = "approved"
    PREPARING = "preparing"
    ACTIVE = "active"
    IN_REVIEW = "in_review"
    CLOSING = "closing"
    CHANGING_PROTOCOL = "changing_protocol"
    COMPLETED = "completed"
    DECLINED = "declined"
    STOPPED = "stopped"


class ConsentScope(StrEnum):
    TREATMENT = "treatment"
    AFTERCARE_AGREEMENT = "aftercare_agreement"
    INFORMATION_SHARING = "information_sharing"


class Touch(StrEnum):
    """Ordered from narrow to wide; never widened with a dose on board (F80)."""

    NONE = "none"
    HAND_OR_SHOULDER = "hand_or_shoulder"
    AS_AGREED = "as_agreed"


class EngagementStyle(StrEnum):
    SILENT_SUPPORT = "silent_support"
    HOLD_SPACE = "hold_space"
    GENTLE_GUIDANCE = "gentle_guidance"
    REASSURANCE = "reassurance"
    CONVERSATION = "conversation"
    FOCUSED_TOPIC = "focused_topic"


class ReviewDecision(StrEnum):
    CONTINUE = "continue"
    TAPER = "taper"
    STOP = "stop"


class CourseOutcome(StrEnum):
    COMPLETED = "completed"
    CLIENT_STOPPED = "client_stopped"
    CLINICIAN_STOPPED = "clinician_stopped"
    NO_RESPONSE = "no_response"
    TRANSFERRED = "transferred"
    DECLINED = "declined"
