"""What a member of the team does not want in their inbox (interfaces 4).

Only what informs can be turned off. Whatever warns, or is critical, is about somebody's safety and
reaches everybody whom it is addressed to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from services.notifications.domain.alerts import ROUTES, AlertKind, Severity
from shared.decisions import Change, refuse

OPTIONAL: Final = frozenset(
    kind for kind, route in ROUTES.items() if route.severity is Severity.INFO
)
"""Kinds that a person may turn off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPreferences:
    """``id`` is the person. Nothing here is about a client."""

    id: UUID
    muted: tuple[AlertKind, ...] = ()
    client_id: UUID | None = None
    course_id: UUID | None = None


PreferencesChange: TypeAlias = Change[StaffPreferences, NoReturn]


def choose(state: StaffPreferences, muted: Iterable[AlertKind]) -> PreferencesChange:
    """Turn these kinds off, and all others on."""
    wanted = frozenset(muted)
    kept_on = sorted(wanted - OPTIONAL)
    if kept_on:
        refuse("safety-cannot-be-turned-off", "F36", kinds=kept_on)
    return Change(replace(state, muted=tuple(sorted(wanted))))
