"""Who a client is, and what they are allergic to, for the person who looks at a page.

These are the two ``identity`` questions (ruling 1), asked in that person's name. What is answered
is kept in memory for a minute at most, and written nowhere: no field of it shows in a ``repr``.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from careteam_contracts.details import DetailAsk
from careteam_contracts.enums import ActorRole
from careteam_contracts.questions import ALLERGIES, IDENTITY
from shared.messaging.asking import Asker
from shared.messaging.remembered import Remembered
from shared.storage import Actor

PATIENCE_SECONDS: Final = 0.8
"""How long a page waits: one with a stop or an urgent loop on it comes without names rather."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a client is. ``told_at`` is of the monotonic clock, ``timezone`` where it is known."""

    name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    timezone: str | None = field(default=None, repr=False)
    told_at: float

    def age_on(self, day: date) -> int:
        """Whole years of life on that day; the birthday itself counts."""
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergies:
    """``known`` is None until somebody has asked the client."""

    known: tuple[str, ...] | None = field(repr=False)
    told_at: float


class People:
    """Asks intake for names and prescribing for allergies. No answer is left out, and not kept."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._persons: Remembered[tuple[UUID, Actor], Person] = Remembered()
        self._allergies: Remembered[tuple[UUID, Actor], Allergies] = Remembered()

    async def who(self, clients: Iterable[UUID], actor: Actor) -> dict[UUID, Person]:
        """Those of these clients whom intake names to this person."""
        wanted = [(client, actor) for client in clients]
        told = await self._persons.all(wanted, self._person)
        return {client: person for (client, _), person in told.items()}

    async def allergies(self, client_id: UUID, actor: Actor) -> Allergies | None:
        """What prescribing has recorded; None where it does not answer."""
        wanted = (client_id, actor)
        return (await self._allergies.all([wanted], self._allergic)).get(wanted)

    async def _person(self, wanted: tuple[UUID, Actor]) -> Person | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._asker.ask(IDENTITY, _ask(*wanted))
        except TimeoutError:
            return None
        told = None if answer is None else answer.value
        if answer is None or told is None or told.name is None or told.date_of_birth is None:
            return None
        return Person(
            name=told.name,
            date_of_birth=told.date_of_birth,
            timezone=told.timezone,
            told_at=answer.asked_at,
        )

    async def _allergic(self, wanted: tuple[UUID, Actor]) -> Allergies | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._asker.ask(ALLERGIES, _ask(*wanted))
        except TimeoutError:
            return None
        if answer is None:
            return None
        known = answer.value.allergies if answer.value.recorded else None
        return Allergies(known=known, told_at=answer.asked_at)


def seconds_since(told_at: float) -> float:
    """How old something is that was told then."""
    return time.monotonic() - told_at


def _ask(client_id: UUID, actor: Actor) -> DetailAsk:
    return DetailAsk(client_id=client_id, actor_role=ActorRole(actor.role), actor_ref=actor.ref)
