"""Notifications on real parts, with the other three services spoken for by the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from nats.aio.msg import Msg

from careteam_contracts.base import Event
from careteam_contracts.details import Contact, EscortContact, Identity
from careteam_contracts.envelope import Envelope
from services.notifications.app import DEFINITION
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from shared.web.application import create_app
from tests.integration.notifications.voices import CLINIC, REFS, ROLES, Person, Voice, at
from tests.support.auditing import audit_key_file
from tests.support.in_scope import in_scope
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.waiting import eventually


@dataclass
class World:
    """The running service, the test's voices, and the clinic's clock."""

    app: FastAPI
    api: httpx.AsyncClient
    service: RunningService[Any]
    clock_file: Path
    voices: dict[str, Voice]
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

    def set_clock(self, moment: datetime) -> None:
        told = {"at": moment.isoformat(), "anchored": moment.isoformat(), "rate": 0}
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(self.clock_file)

    async def tell(
        self, person: Person, event: Event, occurred_at: datetime | None = None
    ) -> Envelope:
        """Publish an event as its owner, and wait until notifications has taken it."""
        envelope = await self.say(person, event, occurred_at)
        await self.all_heard(person)
        return envelope

    async def say(
        self, person: Person, event: Event, occurred_at: datetime | None = None
    ) -> Envelope:
        """Publish an event as its owner, and do not wait."""
        voice = self.voices[event.producer.value]
        envelope = voice.envelope(event, person, occurred_at or self.service.clock.now())
        await voice.publish(event, envelope)
        return envelope

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

        await eventually(caught_up, seconds=60)

    async def advance(self, moment: datetime) -> None:
        """Move the clinic's clock and let everything happen that is due by then."""
        self.set_clock(moment)
        await self.settle()

    async def on_the_bus(self) -> bool:
        return self.service.relay is not None

    async def settle(self) -> None:
        """Until nothing is due, and no message waits for an answer that will come."""

        async def settled() -> bool:
            answer = await self.api.post("/api/v1/sandbox/settle", headers=self.bearer("operator"))
            if answer.status_code != 200 or not answer.json()["settled"]:
                return False
            return bool(self.silent) or await self._every_contact_was_answered()

        await eventually(settled, seconds=60)

    async def _every_contact_was_answered(self) -> bool:
        async with in_scope(self.service) as connection:
            unanswered = await connection.scalar(
                sa.text(
                    "SELECT count(*) FROM messages"
                    " WHERE status = 'held' AND body ->> 'reason' = 'contact_unknown'"
                )
            )
        return bool(unanswered == 0)

    def bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer token-of-{role}"}

    async def get(self, path: str, role: str = "therapist", **query: Any) -> Any:
        answer = await self.api.get(f"/api/v1{path}", params=query, headers=self.bearer(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def items(self, path: str, role: str = "therapist", **query: Any) -> list[Any]:
        return list((await self.get(path, role, **query))["items"])

    async def post(
        self, path: str, body: Any = None, *, role: str = "therapist", key: str | None = None
    ) -> httpx.Response:
        headers = self.bearer(role)
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.api.post(f"/api/v1{path}", json=body, headers=headers)

    async def aftercare(self, person: Person) -> Any:
        [found] = await self.items("/aftercare", session_id=person.session_id)
        return found

    async def published(self, person: Person) -> list[tuple[str, dict[str, Any]]]:
        """What notifications told the others about this client: short type and payload."""
        journal = await self.api.get(
            "/api/v1/operations/journal",
            params={"client_id": str(person.client_id)},
            headers=self.bearer("operator"),
        )
        assert journal.status_code == 200, journal.text
        return [(row["type"].split(".")[2], row["payload"]) for row in journal.json()]

    async def types_published(self, person: Person) -> list[str]:
        return [name for name, _ in await self.published(person)]


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
        nats_seed_file=bus.seeds.file("notifications"),
        tokens_file=tokens,
        audit_key_file=audit_key_file(folder),
        clinic_id=CLINIC,
    )
    app = create_app(definition, settings)
    async with (
        bus.connected("intake") as intake,
        bus.connected("prescribing") as prescribing,
        bus.connected("scheduling") as scheduling,
    ):
        voices = {
            "intake": Voice("intake", intake),
            "prescribing": Voice("prescribing", prescribing),
            "scheduling": Voice("scheduling", scheduling),
        }
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clinic") as api:
            world = World(app, api, app.state.service, clock_file, voices)
            if before is None:
                world.set_clock(at("09:00"))
            else:
                world.people = before.people
                for name, voice in voices.items():
                    voice.sequences = before.voices[name].sequences
                    voice.versions = before.voices[name].versions
            if meanwhile is not None:
                await meanwhile(world)
            await _answer_contacts(world)
            async with app.router.lifespan_context(app):
                await eventually(world.on_the_bus, seconds=60)
                marking = asyncio.create_task(_mark(world))
                await eventually(lambda: _team_known(world), seconds=60)
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
