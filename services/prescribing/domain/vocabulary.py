"""The words of prescribing and of the events it hears; the clinic's words are the protocol's."""

from enum import StrEnum


class SessionKind(StrEnum):
    """F54: the kinds of session."""

    CONSULTATION = "consultation"
    PREP = "prep"
    DOSING = "dosing"
    INTEGRATION = "integration"
    FOLLOW_UP = "follow_up"


class SessionOutcome(StrEnum):
    """How the therapy part of a session ended."""

    COMPLETED = "completed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_CLINICIAN = "ended_by_clinician"
    ABORTED_BEFORE_DOSE = "aborted_before_dose"


class Visit(StrEnum):
    """How the client was seen when the assessment was signed."""

    IN_PERSON = "in_person"
    TELEHEALTH = "telehealth"


class AssessmentOutcome(StrEnum):
    """What a medical assessment concludes."""

    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    MORE_INFO = "more_info"


class PrescriptionKind(StrEnum):
    """Section 3.11: written to be filled, or given in the clinic by the practitioner."""

    PRESCRIPTION = "prescription"
    IN_CLINIC_ORDER = "in_clinic_order"


class EndReason(StrEnum):
    """Why a prescription ended without being revoked."""

    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    COURSE_CLOSED = "course_closed"


class CheckOutcome(StrEnum):
    """What a pre-dose check says of the dose."""

    PASS = "pass"  # noqa: S105 - an outcome, not a secret
    REVIEW = "review"
    HOLD = "hold"


class MoodRescreen(StrEnum):
    """C-06, C-09: the mood re-screen of the dosing day."""

    OK = "ok"
    HIGH = "high"


class RecoveryOutcome(StrEnum):
    """What a recovery check says of the client."""

    ON_TRACK = "on_track"
    NOT_READY = "not_ready"
    ESCALATE = "escalate"


class ReviewOutcome(StrEnum):
    """F35: what the prescriber decides on reading the session's summary."""

    CONTINUE = "continue"
    ADJUST = "adjust"
    HOLD = "hold"


class CourseDecision(StrEnum):
    """What the team decides at a course review."""

    CONTINUE = "continue"
    TAPER = "taper"
    STOP = "stop"


class DepartureMode(StrEnum):
    """How a client left the clinic."""

    STANDARD = "standard"
    TRANSFER = "transfer"
    AGAINST_ADVICE = "against_advice"


class IncidentCode(StrEnum):
    """What went against the rules, or against itself."""

    DOSE_RULE_BROKEN = "dose_rule_broken"
    DOSE_AFTER_ABORTED_END = "dose_after_aborted_end"
    DOSE_AFTER_DISCHARGE = "dose_after_discharge"
    CONFLICTING_SESSION_END = "conflicting_session_end"
    MANUAL_CLEARANCE_DIFFERS = "manual_clearance_differs"
    RESCINDED_AFTER_DISCHARGE = "rescinded_after_discharge"
    COUNT_MISMATCH = "count_mismatch"
    FOREIGN_HOLD_LIFT = "foreign_hold_lift"
    EVENT_PARKED = "event_parked"
