"""Who may do what in intake. Anybody who is told may take consent back for the client (F39)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.protocol import Role

_CARE: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER})
_CLINIC: Final = _CARE | {Role.NURSE, Role.FRONT_DESK}
_PEOPLE: Final = _CLINIC | {Role.ON_CALL}
_EVERYONE: Final = _PEOPLE | {Role.OPERATOR}

ACCESS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        action: frozenset(role.value for role in roles)
        for action, roles in {
            "register_client": {Role.FRONT_DESK, Role.THERAPIST},
            "read_client": _PEOPLE,
            "change_contact": _PEOPLE,
            "read_course": _PEOPLE,
            "read_standing": _EVERYONE,
            "assign_team": {Role.FRONT_DESK, *_CARE},
            "submit_screening": _CLINIC,
            "read_screening": _CARE | {Role.NURSE},
            "evaluate_client": {Role.THERAPIST},
            "revoke_approval": _CARE,
            "ask_question": _PEOPLE,
            "answer_question": _CARE | {Role.NURSE},
            "sign_consent": _CLINIC,
            "withdraw_consent": _PEOPLE,
            "update_preferences": _CLINIC,
            "place_hold": _PEOPLE,
            "sign_hold_lift": _PEOPLE,
            "review_course": _CARE,
            "change_protocol": _CARE,
            "close_course": _CARE,
            "request_erasure": {Role.FRONT_DESK, *_CARE},
            "see_erasures": {Role.FRONT_DESK, Role.OPERATOR},
            "confirm_erasure": {Role.OPERATOR},
            "withdraw_erasure": {Role.OPERATOR},
        }.items()
    }
)
"""Action to the roles that it is open to."""

STEP_UP: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "sign_hold_lift": frozenset({Role.PRESCRIBER.value}),
        "change_protocol": frozenset({Role.PRESCRIBER.value}),
        "confirm_erasure": frozenset({Role.OPERATOR.value}),
    }
)
"""What is signed with a fresh proof of who somebody is: by a prescriber (reliability 2.3), and
by whoever erases, because nobody can undo it."""

SAFETY: Final = frozenset(
    {
        "withdraw_consent",
        "place_hold",
    }
)
"""What no clinician has to be on the care team for: to refuse it could hurt somebody."""

NO_CLIENT: Final = frozenset({"register_client"})
"""What comes to no client's record that was there before."""
