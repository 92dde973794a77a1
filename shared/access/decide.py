"""The decision: the role first, then whose record it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeAlias
from uuid import UUID

from shared.access.actions import Access, Need
from shared.access.resource import Place, Resource

RELATED_ROLES: Final = frozenset({"therapist", "prescriber"})
"""Those who treat one client and not the next. Everybody else works for the whole clinic."""


TREATING_ROLES: Final = RELATED_ROLES | {"nurse", "on_call"}
"""Those for whose work a client may agree that a labelled record is shared (42 CFR 2.31, 2.33)."""


class Asking(Protocol):
    """A person, by role and opaque reference."""

    @property
    def role(self) -> str: ...
    @property
    def ref(self) -> UUID | None: ...


class Ground(StrEnum):
    """Why somebody may."""

    ROLE = "role"
    RELATION = "relation"
    OPEN_PLACE = "open_place"
    SAFETY = "safety"
    BREAK_GLASS = "break_glass"
    CONSENT = "consent"


class Reason(StrEnum):
    """Why somebody may not. All but the first look like a record that is not there."""

    ROLE = "role"
    RELATION = "relation"
    TEAM_UNKNOWN = "team_unknown"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Allow:
    because: Ground


@dataclass(frozen=True, slots=True)
class Deny:
    reason: Reason


Decided: TypeAlias = Allow | Deny


def decide(actor: Asking, access: Access, resource: Resource | None) -> Decided:
    """Whether ``actor`` may; without a resource, whether the role may at all.

    An act of safety is refused to nobody who has the role, but it shows nothing before it is done.
    Break-glass access only reads: it neither allows a command nor lifts anything. A labelled
    record is read by those who are named on the team, by others who treat only with the client's
    consent, and in an emergency; the label keeps nobody from acting, who is shown nothing by it.
    """
    if actor.role not in access.action.roles:
        return Deny(Reason.ROLE)
    if resource is None or access.action.need is Need.NO_CLIENT:
        return Allow(Ground.ROLE)
    if access.action.need is Need.SAFETY and not access.reading:
        return Allow(Ground.SAFETY)
    decided = _by_relation(actor, access, resource)
    if resource.labelled and access.reading and isinstance(decided, Allow):
        decided = _by_label(actor, decided, resource)
    if isinstance(decided, Deny) and resource.emergency and access.reading:
        return Allow(Ground.BREAK_GLASS)
    return decided


def _by_relation(actor: Asking, access: Access, resource: Resource) -> Decided:
    mine = [place for place in resource.places if _is_mine(place, actor)]
    reliable = [place for place in mine if _reliable(place, access, resource)]
    if any(place.person is not None for place in reliable):
        return Allow(Ground.RELATION)
    if reliable:
        return Allow(Ground.OPEN_PLACE)
    if actor.role not in RELATED_ROLES:
        return Allow(Ground.ROLE)
    return Deny(Reason.TEAM_UNKNOWN if mine else Reason.RELATION)


def _by_label(actor: Asking, decided: Allow, resource: Resource) -> Decided:
    if decided.because is Ground.RELATION:
        return decided
    if resource.shared and actor.role in TREATING_ROLES:
        return Allow(Ground.CONSENT)
    return Deny(Reason.LABEL)


def _is_mine(place: Place, actor: Asking) -> bool:
    return place.role == actor.role and place.person in {None, actor.ref}


def _reliable(place: Place, access: Access, resource: Resource) -> bool:
    """A team that may have changed meanwhile shows nothing (reliability 3): but whoever is in our
    hands is not left alone with it, and no command waits for it."""
    return not place.told or resource.team_known or resource.in_our_hands or not access.reading
