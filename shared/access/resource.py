"""What is known of a client's record when somebody asks for it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on a client's care team; without a person it is open to whoever has the role.

    ``told`` when another service said so: such knowledge can be out of date.
    """

    role: str
    person: UUID | None
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A record of one client.

    ``labelled``: it tells of treatment for substance use (42 CFR Part 2); ``shared``: the client
    has agreed, and still does, that all who treat them may read that. ``team_known``: what
    other services told of the team is young enough to be relied on. ``in_our_hands``: the client
    is in a session, or has had a dose and is not home yet. ``emergency``: this person has opened
    the record in an emergency, and the time has not run out.
    """

    places: tuple[Place, ...] = ()
    labelled: bool = False
    shared: bool = False
    team_known: bool = True
    in_our_hands: bool = False
    emergency: bool = False


STRANGER: Final = Resource()
"""A record of somebody to whom nobody is related."""
