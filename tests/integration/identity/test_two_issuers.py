"""Another issuer in the way, played by a real one: none of its answers is anybody here (E7).

It knows the same clients, runs the same code and has a key of its own, and somebody who signs in
there in good faith. What it says reaches the service as only an attacker could bring it there.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from cli.clinic.secrets import password
from cli.issuer.app import create_issuer
from cli.issuer.keys import keep_issuer_key
from tests.integration.identity.world import (
    INTAKE,
    Visitor,
    World,
    hidden,
    nobody_is_in,
    query,
    way_back,
)
from tests.integration.intake.clinic import REFS
from tests.support.postgres_part import PostgresPart

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

OTHER = "https://other.test"


@dataclass(frozen=True, slots=True)
class Other:
    """An issuer with an account for somebody of the same name and reference."""

    http: httpx.AsyncClient
    passwords: dict[str, str]

    async def way_back(self, asked: dict[str, str]) -> dict[str, str]:
        """Somebody whose browser was sent here instead signs in; what the service would be told."""
        address = f"{OTHER}/authorize?{urlencode(asked)}"
        self.http.cookies.clear()
        door = await self.http.get(address)
        fields = {
            "form_token": hidden(door, "form_token"),
            "login": "mara.lindqvist",
            "password": self.passwords["mara.lindqvist"],
        }
        own = {"sec-fetch-site": "same-origin", "origin": OTHER}
        entered = await self.http.post(address, data=fields, headers=own)
        query_now = entered.headers["location"].split("?", 1)[1]
        on = await self.http.get(f"{OTHER}/authorize?{query_now}")
        return query(on.headers["location"])


@pytest_asyncio.fixture(loop_scope="package")
async def other(world: World, postgres: PostgresPart) -> AsyncIterator[Other]:
    database = postgres.create("identity")
    folder = world.folder / "other"
    keep_issuer_key(folder / "signing.json")
    password(folder / "administration")
    issuer = create_issuer(
        world.office.settings.model_copy(
            update={
                "oidc_issuer": OTHER,
                "signing_key_file": folder / "signing.json",
                "administration_secret_file": folder / "administration",
                "audit_folder": folder / "audit",
                "database_url": database.url,
                "database_password_file": database.password_file,
            }
        )
    )
    people = [{"name": "Mara Lindqvist", "role": "therapist", "ref": str(REFS["therapist"])}]
    transport = httpx.ASGITransport(issuer)
    async with (
        issuer.router.lifespan_context(issuer),
        httpx.AsyncClient(transport=transport, timeout=60) as http,
    ):
        made = await http.post(
            f"{OTHER}/administration/accounts",
            json={"people": people},
            headers={"Authorization": f"Bearer {(folder / 'administration').read_text().strip()}"},
        )
        yield Other(http, {one["login"]: one["password"] for one in made.json()})
    postgres.drop(database)


async def test_another_issuers_code_is_nobody_whoever_it_says_that_it_is_from(
    visitor: Visitor, world: World, other: Other
) -> None:
    """Its answer as it is, without its name, and under the name of ours (RFC 9207)."""
    for named in (OTHER, None, world.office.settings.oidc_issuer):
        asked = query((await visitor.door()).url)
        told = await other.way_back(asked)
        assert (told["state"], told["iss"]) == (asked["state"], OTHER)
        changed = (
            {**told, "iss": named} if named else {"state": told["state"], "code": told["code"]}
        )
        back = f"{INTAKE}/sign-in/return?{urlencode(changed)}"
        assert (await visitor.get(back, follow=False)).status_code == 403
        assert await nobody_is_in(visitor)


async def test_our_code_is_nothing_to_another_issuer(
    visitor: Visitor, world: World, other: Other
) -> None:
    """A code that is carried there, with the service's own secret, gets no token."""
    code = query(await way_back(visitor))["code"]
    known = (world.folder / "secrets" / "oidc" / "intake").read_text().strip()
    answer = await other.http.post(
        f"{OTHER}/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": "x" * 43,
            "redirect_uri": f"{INTAKE}/sign-in/return",
        },
        auth=("careteam-intake", known),
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_another_issuers_tokens_in_the_answer_of_ours_are_nobody(
    visitor: Visitor, world: World, other: Other
) -> None:
    """As if the service had asked the wrong one: the signature and the name are not ours."""
    asked = query((await visitor.door()).url)
    told = await other.way_back(asked)
    issuer = world.intake.app.state.issuer
    known = (world.folder / "secrets" / "oidc" / "intake").read_text().strip()

    async def redeem_there(code: str, *, verifier: str, redirect_uri: str) -> dict[str, Any]:
        answer = await other.http.post(
            f"{OTHER}/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
            },
            auth=("careteam-intake", known),
        )
        assert answer.status_code == 200, answer.text
        taken.update(answer.json())
        return taken

    taken: dict[str, Any] = {}
    redeem, issuer.redeem = issuer.redeem, redeem_there
    try:
        ours = {**told, "iss": world.office.settings.oidc_issuer}
        refused = await visitor.get(f"{INTAKE}/sign-in/return?{urlencode(ours)}", follow=False)
    finally:
        issuer.redeem = redeem
    assert refused.status_code == 403
    assert await nobody_is_in(visitor)
    async with world.http() as http:
        api = await http.get(
            f"{INTAKE}/api/v1/courses",
            headers={"Authorization": f"Bearer {taken['access_token']}"},
        )
    assert api.status_code == 401
