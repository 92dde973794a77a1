"""Prescribing on real parts, with the other three services spoken for by the test."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from nats.aio.msg import Msg

from careteam_contracts.details import Identity
from services.prescribing.app import DEFINITION
from shared.runtime.ids import new_id
from tests.integration.prescribing.people import Person
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.service_world import ServiceWorld, surroundings
from tests.support.voices import REFS, at
from tests.support.waiting import eventually


@dataclass
class World(ServiceWorld[Person]):
    """Prescribing, and whom the others speak of."""

    people: dict[UUID, Person] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    answering_takes: float = 0.0

    def person(self) -> Person:
        someone = Person(therapist_ref=REFS["therapist"], prescriber_ref=REFS["prescriber"])
        self.people[someone.course_id] = someone
        return someone


@asynccontextmanager
async def running_clinic(
    database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[World]:
    """Start prescribing, and speak for the others."""
    async with surroundings(DEFINITION, database, bus, folder) as parts:
        world = World(*parts)
        world.set_clock(at("08:00"))
        await _answer(world)
        async with world.begun():
            await eventually(lambda: _fresh(world), seconds=60)
            yield world


async def _fresh(world: World) -> bool:
    async with world.service.transactions.begin() as uow:
        freshness = await uow.freshness(new_id())
    return all(known.within(5) for known in freshness.values())


async def _answer(world: World) -> None:
    def answering(peer: str) -> Any:
        async def answer(message: Msg) -> None:
            world.asked.append(peer)
            if peer in world.silent:
                return
            if world.answering_takes:
                await asyncio.sleep(world.answering_takes)
            person = world.people[UUID(json.loads(message.data)["course_id"])]
            standing = person.standing(peer, world.now())
            await message.respond(standing.model_dump_json().encode())

        return answer

    async def name(message: Msg) -> None:
        world.asked.append("identity")
        if "intake" in world.silent:
            return
        asked = json.loads(message.data)
        known = {str(p.client_id): p for p in world.people.values()}.get(asked["client_id"])
        told = Identity(
            known=known is not None,
            name=known.name if known else None,
            date_of_birth=known.date_of_birth if known else None,
        )
        await message.respond(told.model_dump_json().encode())

    await world.voices["intake"].client.subscribe("careteam.rpc.intake.identity", cb=name)
    for peer in ("intake", "scheduling"):
        await world.voices[peer].client.subscribe(
            f"careteam.rpc.{peer}.standing", cb=answering(peer)
        )
