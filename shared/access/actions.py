"""What somebody wants to do: an action, the roles that it is open to, and what else it takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """What an action takes beside the role."""

    RELATION = "relation"
    """A therapist or prescriber has to be on the client's care team."""
    SAFETY = "safety"
    """Nothing more: to refuse it could hurt somebody."""
    NO_CLIENT = "no_client"
    """Nothing more: it reads and changes no client's existing record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a service."""

    name: str
    roles: frozenset[str]
    need: Need = Need.RELATION


@dataclass(frozen=True, slots=True)
class Access:
    """What a person does in one transaction; ``reading`` when it cannot change anything."""

    action: Action
    reading: bool = False


def actions_of(
    roles: Mapping[str, frozenset[str]],
    *,
    safety: Collection[str] = (),
    no_client: Collection[str] = (),
) -> Mapping[str, Action]:
    """The actions of a role matrix; what is named neither way takes a relation.

    Raises ValueError for a name that is not in the matrix, or is in both collections.
    """
    strange = ({*safety} | {*no_client}) - set(roles)
    if strange or {*safety} & {*no_client}:
        raise ValueError(f"not actions, or both: {sorted(strange or {*safety} & {*no_client})}")
    return {
        name: Action(name=name, roles=allowed, need=_need(name, safety, no_client))
        for name, allowed in roles.items()
    }


def _need(name: str, safety: Collection[str], no_client: Collection[str]) -> Need:
    if name in safety:
        return Need.SAFETY
    return Need.NO_CLIENT if name in no_client else Need.RELATION
