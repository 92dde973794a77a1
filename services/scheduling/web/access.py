"""Which roles may do what. A route without an entry here does not start."""

from collections.abc import Mapping
from typing import Final

_EVERYBODY: Final = frozenset(
    {"therapist", "prescriber", "nurse", "front_desk", "on_call", "operator"}
)
_CARE: Final = frozenset({"therapist", "prescriber", "nurse", "front_desk", "on_call"})
_CLINICIANS: Final = frozenset({"therapist", "prescriber", "nurse"})
_DESK: Final = frozenset({"front_desk", "therapist"})
_FLOOR: Final = frozenset({"front_desk", "therapist", "nurse"})

ACCESS: Final[Mapping[str, frozenset[str]]] = {
    "read_roster": _EVERYBODY,
    "keep_roster": frozenset({"operator", "front_desk"}),
    "read_sessions": _CARE,
    "read_gates": _EVERYBODY,
    "read_course": _CARE,
    "read_escort_contact": frozenset({"front_desk", "therapist", "nurse", "on_call"}),
    "read_summaries": frozenset({"therapist", "prescriber"}),
    "read_notes": frozenset({"therapist"}),
    "write_notes": frozenset({"therapist"}),
    "read_tasks": _CARE,
    "book_session": _DESK,
    "reschedule_session": _DESK,
    "cancel_session": _CARE,
    "miss_session": _DESK,
    "confirm_escort": _FLOOR,
    "cancel_escort": _CARE,
    "record_escort_arrival": _FLOOR,
    "check_in": _FLOOR,
    "record_assent": frozenset({"therapist", "nurse"}),
    "start_session": frozenset({"therapist"}),
    "enter_phase": frozenset({"therapist", "nurse"}),
    # Whoever hears the client say stop records it (F41).
    "stop_session": _CARE,
    "end_session": frozenset({"therapist"}),
    "sign_preparation": frozenset({"therapist"}),
    "decline_integration": _FLOOR,
    "confirm_safety_plan": _CLINICIANS,
    "add_to_session": frozenset({"therapist", "nurse"}),
    "share_summary": frozenset({"therapist"}),
    "discharge_client": _FLOOR,
    "transfer_client": _CARE,
    "leave_against_advice": _CARE,
    "clear_manually": _CLINICIANS,
    "place_hold": _CARE,
    "lift_hold": _CARE,
    "finish_task": _CARE,
}

STEP_UP: Final[Mapping[str, frozenset[str]]] = {"lift_hold": frozenset({"prescriber"})}
"""What a prescriber signs with a fresh proof of who they are (reliability 2.3)."""

SAFETY: Final = frozenset(
    {
        "stop_session",
        "cancel_escort",
        "transfer_client",
        "leave_against_advice",
        "place_hold",
    }
)
"""What no clinician has to be on the care team for: to refuse it could hurt somebody."""

NO_CLIENT: Final = frozenset({"read_roster", "keep_roster"})
"""What comes to no client's record that was there before."""
