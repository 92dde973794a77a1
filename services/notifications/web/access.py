"""Which roles may do what. Safety messages to staff cannot be turned off, so all may read them."""

from collections.abc import Mapping
from typing import Final

CLINICIANS: Final = frozenset({"therapist", "prescriber", "nurse"})
ON_DUTY: Final = CLINICIANS | {"on_call"}
EVERYONE: Final = ON_DUTY | {"front_desk", "operator"}

OPERATORS: Final = frozenset({"operator"})

ACCESS: Final[Mapping[str, frozenset[str]]] = {
    "see_aftercare": EVERYONE,
    "deliver_instructions": ON_DUTY | {"front_desk"},
    "acknowledge_instructions": ON_DUTY | {"front_desk"},
    "see_check_ins": EVERYONE,
    "complete_check_in": ON_DUTY,
    "see_escalations": EVERYONE,
    "acknowledge_escalation": EVERYONE,
    "resolve_escalation": ON_DUTY,
    "see_tasks": EVERYONE,
    "complete_task": EVERYONE,
    "see_messages": EVERYONE,
    "see_simulated_outbox": EVERYONE,
    "see_inbox": EVERYONE,
    "read_notice": EVERYONE,
    "see_preferences": EVERYONE,
    "choose_preferences": EVERYONE,
    "see_standing": EVERYONE,
    "read_public_events": OPERATORS | {"front_desk", "on_call"},
    "see_integrators": OPERATORS,
    "register_integrator": OPERATORS,
    "rotate_integrator_secret": OPERATORS,
    "revoke_integrator": OPERATORS,
    "enable_integrator": OPERATORS,
    "try_integrator": OPERATORS,
    "replay_to_integrator": OPERATORS,
}

SAFETY: Final = frozenset(
    {
        "acknowledge_escalation",
        "resolve_escalation",
    }
)
"""What no clinician has to be on the care team for: to refuse it could hurt somebody."""

NO_CLIENT: Final = frozenset(
    {
        "see_preferences",
        "choose_preferences",
        "see_integrators",
        "register_integrator",
        "rotate_integrator_secret",
        "revoke_integrator",
        "enable_integrator",
        "try_integrator",
        "replay_to_integrator",
    }
)
"""What comes to no client's record that was there before."""
