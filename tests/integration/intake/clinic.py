"""Intake on real PostgreSQL and NATS, driven over HTTP, with peers that say what a test wants."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from fastapi import FastAPI

from careteam_contracts.enums import Service
from careteam_contracts.standing import PrescribingStanding, SchedulingStanding
from services.intake.app import DEFINITION
from shared.runtime.settings import ServiceSettings
from shared.serving.life import RunningService
from shared.web.application import create_app
from tests.integration.intake.peer import CLINIC, MORNING, ClockFile, Peer, Whose
from tests.support.auditing import audit_key_file
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.waiting import eventually

__all__ = ["MORNING", "REFS", "ROLES", "Intake", "ProblemError", "Whose", "running_intake"]
ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
REFS: Final = {role: UUID(int=1000 + number) for number, role in enumerate(ROLES)}


class ProblemError(AssertionError):
    """The service answered with a problem."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.status_code}: {response.text}")
        self.status = response.status_code
        self.problem: dict[str, Any] = response.json()

    @property
    def slugs(self) -> list[str]:
        return [refusal["slug"] for refusal in self.problem.get("refusals", [])]


@dataclass
class Intake:
    """The service under test, the people who use it, and the peers beside it."""

    app: FastAPI
    http: httpx.AsyncClient
    database: ServiceDatabase
    clock: ClockFile
    scheduling: Peer
    prescribing: Peer
    notifications: Peer

    @property
    def service(self) -> RunningService[Any]:
        service: RunningService[Any] = self.app.state.service
        return service

    async def post(
        self, role: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> dict[str, Any]:
        response = await self.http.post(
            f"/api/v1{path}",
            json=None if body is None else dict(body),
            headers={"Authorization": f"Bearer {role}", **headers},
        )
        return _answer(response)

    async def get(self, role: str, path: str, **parameters: Any) -> dict[str, Any]:
        response = await self.http.get(
            f"/api/v1{path}", params=parameters, headers={"Authorization": f"Bearer {role}"}
        )
        return _answer(response)

    async def refused(
        self, role: str, path: str, body: Mapping[str, Any] | None = None
    ) -> ProblemError:
        """The refusal that this command must meet."""
        try:
            answered = await self.post(role, path, body)
        except ProblemError as problem:
            return problem
        raise AssertionError(f"{path} was not refused: {answered}")

    async def settle(self, who: Whose) -> None:
        """Wait until all that the peers have told about a client has taken effect."""
        for peer in (self.scheduling, self.prescribing, self.notifications):
            await eventually(partial(self._heard, peer, who), seconds=20)
        await eventually(self.app.state.service.settle, seconds=20)

    async def told(self, who: Whose) -> list[str]:
        """The names of the events that intake has published about a client, in order."""
        rows = await self.rows(
            "SELECT type FROM outbox WHERE client_id = $1 ORDER BY client_sequence",
            who.client_id,
        )
        return [row["type"].split(".")[2] for row in rows]

    async def payloads(self, who: Whose, name: str) -> list[dict[str, Any]]:
        rows = await self.rows(
            "SELECT convert_from(payload, 'UTF8') AS payload FROM outbox"
            " WHERE client_id = $1 AND type = $2 ORDER BY client_sequence",
            who.client_id,
            f"careteam.intake.{name}.v1",
        )
        return [json.loads(row["payload"]) for row in rows]

    async def rows(self, query: str, *arguments: Any) -> list[Any]:
        connection = await self.database.connect()
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def status(self, who: Whose) -> str:
        course = await self.get("front_desk", f"/courses/{who.course_id}")
        return str(course["status"])

    async def _heard(self, peer: Peer, who: Whose) -> bool:
        sent = peer.sent(who.client_id)
        rows = await self.rows(
            "SELECT sequence FROM lane_cursors WHERE client_id = $1 AND producer = $2",
            who.client_id,
            peer.service.value,
        )
        return (rows[0]["sequence"] if rows else 0) >= sent


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.status_code >= 400:
        raise ProblemError(response)
    answered: dict[str, Any] = response.json()
    return answered


@asynccontextmanager
async def running_intake(
    database: ServiceDatabase, bus: NatsPart, folder: Path, **settings_too: Any
) -> AsyncIterator[Intake]:
    clock = ClockFile(folder / "clock.json")
    tokens = folder / "tokens.json"
    tokens.write_text(
        json.dumps({role: {"role": role, "ref": str(REFS[role]), "name": role} for role in ROLES})
    )
    settings = ServiceSettings(
        env="test",
        sandbox=True,
        clock_file=clock.path,
        database_url=database.url,
        database_password_file=database.password_file,
        nats_url=bus.url,
        nats_seed_file=bus.seeds.file("intake"),
        tokens_file=tokens,
        audit_key_file=audit_key_file(folder),
        sealing_key_file=database.sealing_key_file,
        keyring_folder=database.keyring_folder,
        clinic_id=CLINIC,
        **settings_too,
    )
    app = create_app(DEFINITION, settings)
    async with (
        bus.connected("scheduling") as scheduling,
        bus.connected("prescribing") as prescribing,
        bus.connected("notifications") as notifications,
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://intake", timeout=30
        ) as http,
    ):
        peers = [
            Peer(Service.SCHEDULING, scheduling, clock),
            Peer(Service.PRESCRIBING, prescribing, clock),
            Peer(Service.NOTIFICATIONS, notifications, clock),
        ]
        await peers[0].listen(SchedulingStanding)
        await peers[1].listen(PrescribingStanding)
        for peer in peers:
            await peer.listen_for_erasures()
        await _joined(app)
        yield Intake(app, http, database, clock, *peers)


async def _joined(app: FastAPI) -> None:
    """The bus is joined in the background; questions before that find no one to send them."""

    async def joined() -> bool:
        return app.state.service.relay is not None

    await eventually(joined, seconds=20)
