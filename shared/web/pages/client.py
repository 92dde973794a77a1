"""The banner over every page about a client: the same words in the same order in all services.

Each service fills it in from what it owns, what it was told and what it asks, and the macro in
``templates/macros/client.html`` shows it. Whatever is from elsewhere says how old it is, and what
nobody answers says that.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from shared.messaging.people import Allergies, People, Person, seconds_since
from shared.messaging.standings import PrescribingSays, Standings
from shared.web.calls import Call

V = TypeVar("V")

MAY_SEE_ALLERGIES: Final = frozenset({"therapist", "prescriber", "nurse", "on_call"})


@dataclass(frozen=True, slots=True)
class Said(Generic[V]):
    """What its owner said ``seconds`` ago; None: it is the page's own, or was never heard of."""

    value: V
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A prescription in force; how many sessions are ``left`` where the service knows."""

    until: datetime | None
    sessions: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The next session."""

    kind: str
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who answers for the client."""

    therapist: UUID | None = None
    prescriber: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClient:
    """Who it is, and what they must not be given. ``age`` is in whole years, today.

    ``allergies`` are told to those who treat (``shows_allergies``); None inside: nobody has asked
    the client yet, None: prescribing does not answer.
    """

    id: UUID
    person: Said[Person] | None = field(repr=False)
    age: int | None = field(repr=False)
    shows_allergies: bool
    allergies: Said[tuple[str, ...] | None] | None = field(repr=False)

    @property
    def name(self) -> str:
        """The client's name, else the end of the id."""
        return self.person.value.name if self.person else str(self.id)[-8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How old what one owner said is, the oldest of it: ``what`` was said, for whoever asks."""

    owner: str
    what: tuple[str, ...]
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """``home`` is the page about this client. None for a field: its owner does not answer.

    ``open_holds`` are those of all services, as old as what was heard longest ago.
    """

    client: KnownClient
    home: str
    prescription: Said[Supply | None] | None
    consented: Said[bool] | None
    approved_until: Said[datetime | None] | None
    team: Said[Team]
    next_session: Said[Ahead | None]
    open_holds: Said[int]

    def heard(self, service: str) -> list[Heard]:
        """What a page of this service has from others, by owner."""
        said: list[tuple[str, str, Said[Any] | None]] = [
            ("intake", "who it is", self.client.person),
            ("intake", "consent", self.consented),
            ("intake", "approval", self.approved_until),
            ("intake", "team", self.team),
            ("prescribing", "allergies", self.client.allergies),
            ("prescribing", "prescription", self.prescription),
            ("scheduling", "next session", self.next_session),
            ("the other services", "open holds", self.open_holds),
        ]
        found: dict[str, dict[str, float | None]] = {}
        for owner, what, one in said:
            if owner != service and one is not None:
                found.setdefault(owner, {})[what] = one.seconds
        return [
            Heard(owner=owner, what=tuple(ages), seconds=oldest(ages))
            for owner, ages in found.items()
        ]


async def known_client(
    call: Call,
    client_id: UUID,
    *,
    own_person: Person | None = None,
    own_allergies: Said[tuple[str, ...] | None] | None = None,
) -> KnownClient:
    """What this person may know of the client; what the service does not own it asks for."""
    people: People = call.service.people
    shows = call.actor.role in MAY_SEE_ALLERGIES

    async def named() -> Said[Person] | None:
        if own_person is not None:
            return Said(own_person)
        told = (await people.who([client_id], call.actor)).get(client_id)
        return Said(told, seconds_since(told.told_at)) if told else None

    async def allergic() -> Said[tuple[str, ...] | None] | None:
        if own_allergies is not None or not shows:
            return own_allergies
        told: Allergies | None = await people.allergies(client_id, call.actor)
        return Said(told.known, seconds_since(told.told_at)) if told else None

    person, allergies = await asyncio.gather(named(), allergic())
    today = call.context.now.astimezone(call.service.settings.zone).date()
    return KnownClient(
        id=client_id,
        person=person,
        age=person.value.age_on(today) if person else None,
        shows_allergies=shows,
        allergies=allergies if shows else None,
    )


def supply_of(says: PrescribingSays | None) -> Said[Supply | None] | None:
    """The prescription in force as prescribing answered; None: it did not."""
    if says is None:
        return None
    supply = Supply(until=says.valid_until, sessions=says.sessions, left=says.left)
    return Said(supply if says.valid_until else None, seconds_since(says.told_at))


async def open_questions(call: Call, course_id: UUID) -> int | None:
    """How many questions of the client nobody has answered; None: intake does not say."""
    standings: Standings = call.service.standings
    says = await standings.intake(course_id)
    return says.open_questions if says else None


def oldest(ages: Mapping[str, float | None]) -> float | None:
    """The age of what was heard longest ago; None where a service was never heard of."""
    known = [age for age in ages.values() if age is not None]
    return max(known, default=None) if len(known) == len(ages) else None
