"""One service on real parts, with the other three spoken for by the test."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from careteam_contracts.base import Event
from careteam_contracts.envelope import Envelope
from cli.clinic.services import others
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from shared.web.application import create_app
from tests.support.auditing import audit_key_file
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.voices import CLINIC, REFS, ROLES, SpokenOf, Voice
from tests.support.waiting import eventually

P = TypeVar("P", bound=SpokenOf)


def bearer(role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer token-of-{role}"}


@dataclass
class ServiceWorld(Generic[P]):
    """The service, the test's voices, and the clinic's clock."""

    app: FastAPI
    api: httpx.AsyncClient
    service: RunningService[Any]
    clock_file: Path
    voices: dict[str, Voice]

    def set_clock(self, moment: datetime) -> None:
        told = {"at": moment.isoformat(), "anchored": moment.isoformat(), "rate": 0}
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(self.clock_file)

    def now(self) -> datetime:
        return self.service.clock.now()

    async def say(self, person: P, event: Event, occurred_at: datetime | None = None) -> Envelope:
        """Publish an event as its owner, and do not wait."""
        voice = self.voices[event.producer.value]
        envelope = voice.envelope(event, person, occurred_at or self.now())
        await voice.publish(event, envelope)
        return envelope

    async def tell(
        self, person: P, event: Event, *more: Event, occurred_at: datetime | None = None
    ) -> Envelope:
        """Publish events as their owners, and wait until the service has taken them; the last."""
        envelope = await self.say(person, event, occurred_at)
        for another in more:
            envelope = await self.say(person, another, occurred_at)
        await self.all_heard(person)
        return envelope

    async def all_heard(self, person: P) -> None:
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
        await eventually(self.settled, seconds=60)

    async def settled(self) -> bool:
        answer = await self.api.post("/api/v1/sandbox/settle", headers=bearer("operator"))
        return answer.status_code == 200 and bool(answer.json()["settled"])

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

    async def published(self, person: P) -> list[tuple[str, dict[str, Any]]]:
        """What the service told the others about this client: short type and payload."""
        journal = await self.api.get(
            "/api/v1/operations/journal",
            params={"client_id": str(person.client_id)},
            headers=bearer("operator"),
        )
        assert journal.status_code == 200, journal.text
        return [(row["type"].split(".")[2], row["payload"]) for row in journal.json()]

    async def types_published(self, person: P) -> list[str]:
        return [name for name, _ in await self.published(person)]

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[None]:
        """The service runs, and every voice says ten times a second how far it is."""
        async with self.app.router.lifespan_context(self.app):
            marking = asyncio.create_task(self._mark())
            try:
                yield
            finally:
                marking.cancel()
                with suppress(asyncio.CancelledError):
                    await marking

    async def _mark(self) -> None:
        while True:
            async with self.service.database.engine.connect() as connection:
                epoch = await connection.scalar(sa.text("SELECT epoch FROM stream_epochs"))
            for voice in self.voices.values():
                if epoch is not None and voice.client.is_connected:
                    await voice.mark(epoch)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def surroundings(
    definition: ServiceDefinition[Any], database: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient, RunningService[Any], Path, dict[str, Voice]]]:
    """What a world is made of: the service not yet begun, and a voice for each of the others."""
    tokens = folder / "tokens.json"
    tokens.write_text(
        json.dumps({f"token-of-{r}": {"role": r, "ref": str(REFS[r]), "name": r} for r in ROLES})
    )
    settings = ServiceSettings(
        env="test",
        sandbox=True,
        clock_file=folder / "clock.json",
        database_url=database.url,
        database_password_file=database.password_file,
        nats_url=bus.url,
        nats_seed_file=bus.seeds.file(definition.name),
        tokens_file=tokens,
        audit_key_file=audit_key_file(folder),
        sealing_key_file=database.sealing_key_file,
        keyring_folder=database.keyring_folder,
        clinic_id=CLINIC,
    )
    app = create_app(definition, settings)
    async with AsyncExitStack() as stack:
        voices = {
            name: Voice(name, await stack.enter_async_context(bus.connected(name)))
            for name in others(definition.name)
        }
        transport = httpx.ASGITransport(app=app)
        api = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://clinic")
        )
        yield app, api, app.state.service, folder / "clock.json", voices
