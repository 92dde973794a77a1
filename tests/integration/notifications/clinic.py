"""Notifications on real parts, with the other three services spoken for by the test."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.msg import Msg

from careteam_contracts.details import Contact, EscortContact, Identity
from services.notifications.app import DEFINITION
from shared.serving.definition import ServiceDefinition
from tests.integration.notifications.people import Person
from tests.support.in_scope import in_scope
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.service_world import ServiceWorld, surroundings
from tests.support.voices import at
from tests.support.waiting import eventually


@dataclass
class World(ServiceWorld[Person]):
    """Notifications, and whom the others speak of."""

    people: dict[UUID, Person] = field(default_factory=dict)
    escort: EscortContact = field(
        default_factory=lambda: EscortContact(known=True, phone="+1 555 0177", name="Robin Ride")
    )
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def person(self, **contact: Any) -> Person:
        known = {
            "phone": "+1 555 0142",
            "email": "quinn@example.org",
            "sms_allowed": True,
            "email_allowed": True,
        }
        someone = Person(Contact(known=True, name="Quinn Marker", **{**known, **contact}))
        self.people[someone.client_id] = someone
        return someone

    async def on_the_bus(self) -> bool:
        return self.service.relay is not None

    async def settle(self) -> None:
        """Until nothing is due, and no message waits for an answer that will come."""
        await eventually(self.settled, seconds=60)

    async def settled(self) -> bool:
        if not await super().settled():
            return False
        return bool(self.silent) or await self._every_contact_was_answered()

    async def _every_contact_was_answered(self) -> bool:
        async with in_scope(self.service) as connection:
            unanswered = await connection.scalar(
                sa.text(
                    "SELECT count(*) FROM messages"
                    " WHERE status = 'held' AND reason = 'contact_unknown'"
                )
            )
        return bool(unanswered == 0)

    async def items(self, path: str, role: str = "therapist", **query: Any) -> list[Any]:
        return list((await self.get(path, role, **query))["items"])

    async def aftercare(self, person: Person) -> Any:
        [found] = await self.items("/aftercare", session_id=person.session_id)
        return found


@asynccontextmanager
async def running_clinic(
    database: ServiceDatabase,
    bus: NatsPart,
    folder: Path,
    *,
    definition: ServiceDefinition[Any] = DEFINITION,
    before: World | None = None,
    meanwhile: Callable[[World], Awaitable[None]] | None = None,
) -> AsyncIterator[World]:
    """Start notifications, and speak for the others.

    ``before`` is the same clinic of an earlier start, ``meanwhile`` what is told before this one.
    """
    async with surroundings(definition, database, bus, folder) as parts:
        world = World(*parts)
        if before is None:
            world.set_clock(at("09:00"))
        else:
            world.people = before.people
            for name, voice in world.voices.items():
                voice.sequences = before.voices[name].sequences
                voice.versions = before.voices[name].versions
        if meanwhile is not None:
            await meanwhile(world)
        await _answer_contacts(world)
        async with world.begun():
            await eventually(lambda: _team_known(world), seconds=60)
            yield world


async def _team_known(world: World) -> bool:
    async with world.service.transactions.begin() as uow:
        return await world.service.watermarks.team_age(uow.connection) is not None


async def _answer_contacts(world: World) -> None:
    async def client_contact(message: Msg) -> None:
        world.asked.append("client")
        if "intake" not in world.silent:
            person = world.people[UUID(json.loads(message.data)["client_id"])]
            assert person.contact is not None
            await message.respond(person.contact.model_dump_json().encode())

    async def identity(message: Msg) -> None:
        world.asked.append("identity")
        if "intake" not in world.silent:
            person = world.people[UUID(json.loads(message.data)["client_id"])]
            assert person.contact is not None
            told = Identity(known=True, name=person.contact.name, date_of_birth=date(1990, 4, 2))
            await message.respond(told.model_dump_json().encode())

    async def escort_contact(message: Msg) -> None:
        world.asked.append("escort")
        if "scheduling" not in world.silent:
            await message.respond(world.escort.model_dump_json().encode())

    await world.voices["intake"].client.subscribe("careteam.rpc.intake.contact", cb=client_contact)
    await world.voices["intake"].client.subscribe("careteam.rpc.intake.identity", cb=identity)
    await world.voices["scheduling"].client.subscribe(
        "careteam.rpc.scheduling.contact", cb=escort_contact
    )
