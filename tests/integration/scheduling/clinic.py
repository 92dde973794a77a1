"""Scheduling on real parts, with the other three services spoken for by the test."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from nats.aio.msg import Msg

from careteam_contracts.base import Event
from careteam_contracts.envelope import Envelope
from services.scheduling.app import DEFINITION
from shared.runtime.ids import new_id
from shared.runtime.settings import ServiceSettings
from shared.serving.life import RunningService
from shared.web.application import create_app
from tests.integration.scheduling.people import Person
from tests.integration.scheduling.voices import CLINIC, Voice
from tests.support.auditing import audit_key_file
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.waiting import eventually

ZONE: Final = ZoneInfo("America/Los_Angeles")
ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
REFS: Final = {role: new_id() for role in ROLES}


def at(clock: str, day: int = 10) -> datetime:
    """A local time of a day in March 2026, in UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 3, day, hours, minutes, tzinfo=ZONE).astimezone(UTC)


@dataclass
class World:
    """The running service, the test's voices, and the clinic's clock."""

    api: httpx.AsyncClient
    service: RunningService[Any]
    app: FastAPI
    clock_file: Path
    voices: dict[str, Voice]
    people: dict[UUID, Person] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    answering_takes: float = 0.0

    def person(self) -> Person:
        someone = Person(therapist_ref=REFS["therapist"], prescriber_ref=REFS["prescriber"])
        self.people[someone.course_id] = someone
        return someone

    def set_clock(self, moment: datetime) -> None:
        told = {"at": moment.isoformat(), "anchored": moment.isoformat(), "rate": 0}
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(self.clock_file)

    def now(self) -> datetime:
        return self.service.clock.now()

    async def say(
        self, person: Person, event: Event, occurred_at: datetime | None = None
    ) -> Envelope:
        """Publish an event as its owner, and do not wait."""
        voice = self.voices[event.producer.value]
        envelope = voice.envelope(event, person, occurred_at or self.now())
        await voice.publish(event, envelope)
        return envelope

    async def tell(
        self, person: Person, *events: Event, occurred_at: datetime | None = None
    ) -> None:
        """Publish events as their owners, and wait until scheduling has taken them."""
        for event in events:
            await self.say(person, event, occurred_at)
        await self.all_heard(person)

    async def all_heard(self, person: Person) -> None:
        expected = {
            name: voice.sequences[person.client_id]
            for name, voice in self.voices.items()
            if voice.sequences[person.client_id]
        }

        async def caught_up() -> bool:
            async with self.service.database.engine.connect() as connection:
                rows = await connection.execute(
                    sa.text("SELECT producer, sequence FROM lane_cursors WHERE client_id = :c"),
                    {"c": person.client_id},
                )
                return {row.producer: row.sequence for row in rows} == expected

        await eventually(caught_up, seconds=20)

    async def prescribing_was_asked(self) -> bool:
        return "prescribing" in self.asked

    async def advance(self, moment: datetime) -> None:
        """Move the clinic's clock and let everything happen that is due by then."""
        self.set_clock(moment)

        async def settled() -> bool:
            answer = await self.api.post("/api/v1/sandbox/settle", headers=bearer("operator"))
            return answer.status_code == 200 and answer.json()["settled"]

        await eventually(settled, seconds=20)

    async def get(self, path: str, role: str = "therapist", **query: Any) -> Any:
        answer = await self.api.get(f"/api/v1{path}", params=query, headers=bearer(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(
        self, path: str, body: Any = None, *, role: str = "therapist", key: str | None = None
    ) -> httpx.Response:
        headers = bearer(role)
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.api.post(f"/api/v1{path}", json=body, headers=headers)

    async def do(self, path: str, body: Any = None, *, role: str = "therapist") -> Any:
        """Post what must be accepted."""
        answer = await self.post(path, body, role=role)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def refused(
        self, path: str, body: Any = None, *, role: str = "therapist", status: int = 409
    ) -> set[str]:
        """Post what must be refused; the slugs of all refusals."""
        answer = await self.post(path, body, role=role)
        assert answer.status_code == status, answer.text
        return {refusal["slug"] for refusal in answer.json()["refusals"]}

    async def published(self, person: Person) -> list[tuple[str, dict[str, Any]]]:
        """What scheduling told the others about this client: short type and payload."""
        journal = await self.api.get(
            "/api/v1/operations/journal",
            params={"client_id": str(person.client_id)},
            headers=bearer("operator"),
        )
        assert journal.status_code == 200, journal.text
        return [(row["type"].split(".")[2], row["payload"]) for row in journal.json()]

    async def types_published(self, person: Person) -> list[str]:
        return [name for name, _ in await self.published(person)]


def bearer(role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer token-of-{role}"}


@asynccontextmanager
async def running_clinic(
    database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[World]:
    """Start scheduling, and speak for the others."""
    tokens = folder / "tokens.json"
    tokens.write_text(
        json.dumps({f"token-of-{r}": {"role": r, "ref": str(REFS[r]), "name": r} for r in ROLES})
    )
    clock_file = folder / "clock.json"
    settings = ServiceSettings(
        env="test",
        sandbox=True,
        clock_file=clock_file,
        database_url=database.url,
        database_password_file=database.password_file,
        nats_url=bus.url,
        nats_seed_file=bus.seeds.file("scheduling"),
        tokens_file=tokens,
        audit_key_file=audit_key_file(folder),
        clinic_id=CLINIC,
    )
    app = create_app(DEFINITION, settings)
    async with (
        bus.connected("intake") as intake,
        bus.connected("prescribing") as prescribing,
        bus.connected("notifications") as notifications,
    ):
        clients = {"intake": intake, "prescribing": prescribing, "notifications": notifications}
        voices = {name: Voice(name, client) for name, client in clients.items()}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clinic") as api:
            world = World(api, app.state.service, app, clock_file, voices)
            world.set_clock(at("08:00"))
            await _answer(world)
            async with app.router.lifespan_context(app):
                marking = asyncio.create_task(_mark(world))
                await eventually(lambda: _fresh(world), seconds=60)
                yield world
                marking.cancel()
                with suppress(asyncio.CancelledError):
                    await marking


async def _mark(world: World) -> None:
    while True:
        async with world.service.database.engine.connect() as connection:
            epoch = (await connection.execute(sa.text("SELECT epoch FROM stream_epochs"))).scalar()
        for voice in world.voices.values():
            if epoch is not None and voice.client.is_connected:
                await voice.mark(epoch)
        await asyncio.sleep(0.1)


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

    for peer in ("intake", "prescribing"):
        await world.voices[peer].client.subscribe(
            f"careteam.rpc.{peer}.standing", cb=answering(peer)
        )
