"""Sessions, escorts, the door."""

from enum import StrEnum


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
