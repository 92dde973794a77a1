"""Holds and incidents."""

from enum import StrEnum


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
    EVENT_PARKED = "event_parked"
