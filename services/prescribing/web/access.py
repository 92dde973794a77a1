"""Who may do what in prescribing. Dose authority is the prescriber's alone (headline 11)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.protocol import Role

_MEDICAL: Final = {Role.PRESCRIBER, Role.NURSE}
_CLINICIANS: Final = _MEDICAL | {Role.THERAPIST}
_ON_DUTY: Final = _CLINICIANS | {Role.ON_CALL}
_EVERYONE: Final = _ON_DUTY | {Role.FRONT_DESK, Role.OPERATOR}

ACCESS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        action: frozenset(role.value for role in roles)
        for action, roles in {
            "see_assessments": _MEDICAL,
            "complete_assessment": {Role.PRESCRIBER},
            "see_registrations": {*_MEDICAL, Role.OPERATOR},
            "record_registration": {Role.PRESCRIBER, Role.OPERATOR},
            "see_prescriptions": _MEDICAL,
            "write_prescription": {Role.PRESCRIBER},
            "revoke_prescription": {Role.PRESCRIBER},
            "see_dose_orders": _ON_DUTY,
            "see_ledger": _MEDICAL,
            "see_pre_dose_checks": _MEDICAL,
            "record_pre_dose_check": _MEDICAL,
            "accept_pre_dose_check": {Role.PRESCRIBER},
            "release_dose": _MEDICAL,
            "handle_medicine": _MEDICAL,
            # Whoever saw it may say that a dose was taken, or that none is to be given.
            "record_taken_dose": _CLINICIANS,
            "withhold_dose": _CLINICIANS,
            "see_recoveries": _ON_DUTY,
            "record_recovery_check": _CLINICIANS,
            "record_reversal_agent": _MEDICAL,
            "clear_for_discharge": _CLINICIANS,
            "rescind_clearance": _ON_DUTY,
            "see_adverse_events": _CLINICIANS,
            "record_adverse_event": _ON_DUTY,
            "find_adverse_event_serious": _CLINICIANS,
            "report_adverse_event": {Role.PRESCRIBER},
            "see_holds": _EVERYONE,
            "hold_course": _MEDICAL,
            "lift_hold": _CLINICIANS,
            "see_summaries": _CLINICIANS,
            "review_summary": {Role.PRESCRIBER},
            "see_tasks": _ON_DUTY,
            "finish_task": {Role.PRESCRIBER, Role.ON_CALL},
            "see_incidents": _ON_DUTY,
            "review_incident": {Role.PRESCRIBER, Role.ON_CALL},
            "see_standing": _EVERYONE,
        }.items()
    }
)
"""Action to the roles that it is open to."""

STEP_UP: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        action: frozenset({Role.PRESCRIBER.value})
        for action in (
            "complete_assessment",
            "write_prescription",
            "accept_pre_dose_check",
            "release_dose",
            "lift_hold",
        )
    }
)
"""What a prescriber decides with a fresh proof of who they are (reliability 2.3). Giving a dose
that is out, recording what happened, and whatever stops somebody are never held up by it."""

SAFETY: Final = frozenset(
    {
        "record_taken_dose",
        "withhold_dose",
        "record_recovery_check",
        "record_reversal_agent",
        "rescind_clearance",
        "record_adverse_event",
        "find_adverse_event_serious",
        "hold_course",
    }
)
"""What no clinician has to be on the care team for: to refuse it could hurt somebody."""

NO_CLIENT: Final = frozenset({"see_registrations", "record_registration"})
"""What comes to no client's record that was there before."""
