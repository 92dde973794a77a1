"""The closed vocabularies of the wire. Members are never renamed or removed within a major."""

from enum import StrEnum


class Service(StrEnum):
    INTAKE = "intake"
    PRESCRIBING = "prescribing"
    SCHEDULING = "scheduling"
    NOTIFICATIONS = "notifications"


class ActorRole(StrEnum):
    """Who acted. ``system`` is a policy or a timer."""

    CLIENT = "client"
    THERAPIST = "therapist"
    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    ON_CALL = "on_call"
    OPERATOR = "operator"
    SYSTEM = "system"


class ClearanceRole(StrEnum):
    """Who may clear a client for discharge; the last only where the clinic's policy adds it."""

    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    TRAINED_THERAPIST = "trained_therapist"


class HoldCategory(StrEnum):
    CONTRAINDICATION = "contraindication"
    SUICIDALITY = "suicidality"
    CONSENT = "consent"
    MEDICAL = "medical"
    VITALS = "vitals"
    ADVERSE_EVENT = "adverse_event"
    LOGISTICS = "logistics"
    ADMINISTRATIVE = "administrative"
    AFTERCARE = "aftercare"


class HoldBlock(StrEnum):
    """What an open hold forbids."""

    BOOK = "book"
    START = "start"
    DOSE = "dose"
    DISCHARGE = "discharge"


class HoldSeverity(StrEnum):
    """``pause`` only blocks; ``stop`` also withholds, returns or cancels an order (ruling 17)."""

    PAUSE = "pause"
    STOP = "stop"


class CourseStatus(StrEnum):
    INQUIRY = "inquiry"
    SCREENING = "screening"
    AWAITING_MEDICAL = "awaiting_medical"
    APPROVED = "approved"
    PREPARING = "preparing"
    ACTIVE = "active"
    IN_REVIEW = "in_review"
    CLOSING = "closing"
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


class SessionKind(StrEnum):
    CONSULTATION = "consultation"
    PREP = "prep"
    DOSING = "dosing"
    INTEGRATION = "integration"
    FOLLOW_UP = "follow_up"


class Setting(StrEnum):
    IN_CLINIC = "in_clinic"
    VIRTUAL = "virtual"


class SessionStatus(StrEnum):
    SCHEDULED = "scheduled"
    BLOCKED = "blocked"
    CHECKED_IN = "checked_in"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    DOSED = "dosed"
    THERAPY_ENDED = "therapy_ended"
    RECOVERING = "recovering"
    CLEARABLE = "clearable"
    DISCHARGING = "discharging"
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    ABORTED = "aborted"
    CLOSED = "closed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class SessionOutcome(StrEnum):
    COMPLETED = "completed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_CLINICIAN = "ended_by_clinician"
    ABORTED_BEFORE_DOSE = "aborted_before_dose"


class EscortStatus(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"


class DischargeMode(StrEnum):
    STANDARD = "standard"
    TRANSFER = "transfer"


class ManualClearanceReason(StrEnum):
    """Why two people cleared a client without prescribing's answer (ruling 15)."""

    PRESCRIBING_UNREACHABLE = "prescribing_unreachable"
    NETWORK_OUTAGE = "network_outage"
    POWER_OUTAGE = "power_outage"


class AftercarePlanKind(StrEnum):
    STANDARD = "standard"
    ENHANCED = "enhanced"


class AftercareStatus(StrEnum):
    ARMED = "armed"
    RESTRICTED = "restricted"
    MONITORING = "monitoring"
    ESCALATED = "escalated"
    CLOSED = "closed"


class InstructionsRecipient(StrEnum):
    CLIENT = "client"
    ESCORT = "escort"


class Channel(StrEnum):
    PAPER = "paper"
    IN_PERSON = "in_person"
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"


class CheckInOutcome(StrEnum):
    OK = "ok"
    CONCERN = "concern"
    NO_RESPONSE = "no_response"


class MessagePurpose(StrEnum):
    """What a message was for; never what it said."""

    WELCOME = "welcome"
    DECLINE_NOTICE = "decline_notice"
    APPOINTMENT_REMINDER = "appointment_reminder"
    APPOINTMENT_CHANGE = "appointment_change"
    ESCORT_REQUEST = "escort_request"
    ESCORT_PICKUP = "escort_pickup"
    AFTERCARE_INSTRUCTIONS = "aftercare_instructions"
    RESTRICTION_OVER = "restriction_over"
    CHECK_IN = "check_in"
    INTEGRATION_OFFER = "integration_offer"
    FOLLOW_UP = "follow_up"
    OUTREACH = "outreach"
    SAFETY_CONTACT = "safety_contact"
    TEAM_ALERT = "team_alert"


class IncidentCode(StrEnum):
    """What went against the rules or against itself; the details stay with the owner."""

    DOSE_RULE_BROKEN = "dose_rule_broken"
    DOSE_AFTER_ABORTED_END = "dose_after_aborted_end"
    DOSE_AFTER_DISCHARGE = "dose_after_discharge"
    REOPENED_WITH_CLASH = "reopened_with_clash"
    CONFLICTING_SESSION_END = "conflicting_session_end"
    MANUAL_CLEARANCE_DIFFERS = "manual_clearance_differs"
    RESCINDED_AFTER_DISCHARGE = "rescinded_after_discharge"
    COUNT_MISMATCH = "count_mismatch"
    FOREIGN_HOLD_LIFT = "foreign_hold_lift"
    SAFETY_MESSAGE_LATE = "safety_message_late"
