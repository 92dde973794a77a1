"""The real issuer and a real service as its relying party, and browsers that go between them."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI
from joserfc.jwk import ECKey

from cli.clinic.secrets import keep_signing_key, password
from cli.clinic.services import IDENTITY
from cli.issuer.app import create_issuer
from cli.issuer.keys import keep_issuer_key, signing_key
from cli.issuer.office import Office
from cli.issuer.settings import IssuerSettings
from tests.integration.intake.clinic import REFS, Intake, running_intake
from tests.support.auditing import audit_key_file
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase

ISSUER: Final = "https://issuer.test"
INTAKE: Final = "https://intake.test"
OTHERS: Final = {
    "intake": INTAKE,
    "prescribing": "https://prescribing.test",
}
PEOPLE: Final = {
    "therapist": "Mara Lindqvist",
    "prescriber": "Ines Kowalczyk",
    "front_desk": "Nico Alvarez",
}


@dataclass
class World:
    """Both sides, reachable by every browser under their own names."""

    issuer: FastAPI
    intake: Intake
    database: ServiceDatabase
    key: ECKey
    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        found: Office = self.issuer.state.office
        return found

    def http(self, **settings: Any) -> httpx.AsyncClient:
        """A client for which both hosts are where they should be."""
        mounts = {
            "https://issuer.test": httpx.ASGITransport(self.issuer, client=("10.0.0.9", 1)),
            "https://intake.test": httpx.ASGITransport(self.intake.app),
        }
        return httpx.AsyncClient(mounts=mounts, timeout=60, **settings)

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Of the issuer's database."""
        connection = await self.database.connect()
        try:
            return [dict(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    async def administer(
        self, path: str, body: Any = None, *, of: str = "accounts"
    ) -> httpx.Response:
        async with self.http() as http:
            return await http.post(
                f"{ISSUER}/administration/{of}{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.office.administration_secret}"},
            )

    async def begin_anew(self) -> None:
        """Nobody is signed in anywhere, and nobody has guessed."""
        for statement in (
            "guesses",
            "notices",
            "sign_ins",
            "challenges",
            "passkeys",
            "second_factors",
            "proven_passwords",
        ):
            await self.rows(f"DELETE FROM {statement}")  # noqa: S608 - names from above
        for statement in ("web_sessions", "ended_subjects", "kept_forms"):
            await self.intake.rows(f"DELETE FROM {statement}")  # noqa: S608

    async def told(self) -> None:
        """Every notice is delivered to those that are there."""
        async with self.http() as http:
            await self.rows("UPDATE notices SET next_at = now() - interval '1 hour'")
            await self.office.notices.deliver(http)


class Visitor:
    """A browser without scripts: cookies by host, and the headers that browsers add to a form."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.http()

    async def get(self, url: str, *, follow: bool = True) -> httpx.Response:
        return await self.http.get(url, follow_redirects=follow)

    async def post(
        self, url: str, fields: dict[str, Any], *, follow: bool = True, **headers: str
    ) -> httpx.Response:
        parts = urlsplit(url)
        own = {
            "sec-fetch-site": "same-origin",
            "origin": f"{parts.scheme}://{parts.netloc}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.http.post(url, data=fields, headers=own, follow_redirects=follow)

    async def door(self, path: str = "/") -> httpx.Response:
        """The issuer's page that a page of intake leads to."""
        page = await self.get(INTAKE + path)
        assert page.url.host == "issuer.test", page.url
        return page

    async def enter(
        self, door: httpx.Response, login: str, secret: str | None = None, *, follow: bool = True
    ) -> httpx.Response:
        """Fill in the form of the issuer's page."""
        fields = {
            "form_token": hidden(door, "form_token"),
            "login": login,
            "password": self.world.passwords[login] if secret is None else secret,
        }
        return await self.post(str(door.url), fields, follow=follow)

    async def sign_in(self, login: str = "mara.lindqvist", path: str = "/") -> httpx.Response:
        page = await self.enter(await self.door(path), login)
        assert page.url.host == "intake.test", page.text
        return page

    async def close(self) -> None:
        await self.http.aclose()


Visitors = Callable[[], Visitor]


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


def query(url: httpx.URL | str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(str(url)).query).items()}


async def tokens_of(visitor: Visitor, world: World) -> dict[str, Any]:
    """What intake gets for a sign-in."""
    kept: dict[str, Any] = {}
    issuer = world.intake.app.state.issuer
    redeem_really = issuer.redeem

    async def redeem_and_tell(*args: Any, **kwargs: Any) -> Any:
        found = await redeem_really(*args, **kwargs)
        kept.update(found)
        return found

    issuer.redeem = redeem_and_tell
    try:
        await visitor.sign_in()
    finally:
        issuer.redeem = redeem_really
    return kept


async def status_of_api(world: World, token: str) -> int:
    """What intake's API says to a program with this token."""
    async with world.http() as http:
        answer = await http.get(
            f"{INTAKE}/api/v1/courses", headers={"Authorization": f"Bearer {token}"}
        )
    return answer.status_code


async def nobody_is_in(visitor: Visitor) -> bool:
    answer = await visitor.get(f"{INTAKE}/", follow=False)
    return answer.status_code == 303


async def way_back(visitor: Visitor) -> str:
    """The address with a code that the issuer sends this browser to, not yet followed."""
    entered = await visitor.enter(await visitor.door(), "mara.lindqvist", follow=False)
    assert entered.status_code == 303, entered.text
    return str(entered.headers["location"])


@asynccontextmanager
async def running_world(
    identity: ServiceDatabase, intake: ServiceDatabase, bus: NatsPart, folder: Path
) -> AsyncIterator[World]:
    secrets = folder / "secrets"
    for other in OTHERS:
        password(secrets / "oidc" / other)
    password(secrets / "administration")
    password(secrets / "second-factor")
    keep_issuer_key(secrets / "signing.json")
    keep_signing_key(secrets / f"{IDENTITY}.signing", secrets)
    settings = IssuerSettings(
        env="test",
        oidc_issuer=ISSUER,
        service_urls=OTHERS,
        client_secrets_folder=secrets / "oidc",
        administration_secret_file=secrets / "administration",
        signing_key_file=secrets / "signing.json",
        second_factor_key_file=secrets / "second-factor",
        audit_key_file=audit_key_file(secrets),
        audit_signing_key_file=secrets / f"{IDENTITY}.signing",
        audit_folder=folder / "audit" / IDENTITY,
        nats_url=bus.url,
        nats_seed_file=bus.seeds.file(IDENTITY),
        database_url=identity.url,
        database_password_file=identity.password_file,
    )
    issuer = create_issuer(settings)
    async with (
        running_intake(
            intake,
            bus,
            folder,
            oidc_issuer=ISSUER,
            oidc_client_secret_file=secrets / "oidc" / "intake",
            service_urls=OTHERS,
        ) as service,
        issuer.router.lifespan_context(issuer),
    ):
        world = World(issuer, service, identity, signing_key(secrets / "signing.json"), folder)
        service.app.state.issuer._http = world.http
        issuer.state.office.notices._http = world.http
        people = [
            {"name": name, "role": role, "ref": str(REFS[role])} for role, name in PEOPLE.items()
        ]
        made = (await world.administer("", {"people": people})).json()
        world.passwords = {one["login"]: one["password"] for one in made}
        await world.rows("UPDATE accounts SET handed_out = false")
        yield world
