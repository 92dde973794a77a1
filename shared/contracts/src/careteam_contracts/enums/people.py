"""Who acts, and in which service."""

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


class KeepsClient(StrEnum):
    """What keeps a client's record from being erased."""

    COURSE = "course"
    SESSION = "session"
    ORDER = "order"
    RECOVERY = "recovery"
    RESTRICTION = "restriction"
    AFTERCARE = "aftercare"
    HOLD = "hold"
    EMERGENCY_ACCESS = "emergency_access"
    PARKED_EVENT = "parked_event"
    OWED = "owed"
