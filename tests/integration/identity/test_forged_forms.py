"""Forms of other pages and browsers, planted ids, and ways to elsewhere (E6)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.integration.identity.world import (
    INTAKE,
    ISSUER,
    Visitor,
    Visitors,
    World,
    hidden,
    nobody_is_in,
)

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "https://intake.test"},
        {"origin": "null"},
    ],
)
async def test_a_form_of_another_page_signs_nobody_in(
    visitor: Visitor, world: World, headers: dict[str, Any]
) -> None:
    door = await visitor.door()
    fields = {
        "form_token": hidden(door, "form_token"),
        "login": "mara.lindqvist",
        "password": world.passwords["mara.lindqvist"],
    }
    answer = await visitor.post(str(door.url), fields, **headers)
    assert answer.status_code == 403
    assert await nobody_is_in(visitor)


async def test_a_form_of_another_browser_signs_nobody_in(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    door, other = await visitor.door(), visitors()
    await other.door()
    answer = await other.enter(door, "mara.lindqvist", follow=False)
    assert answer.status_code == 403


async def test_the_id_that_a_browser_had_before_is_not_the_one_it_is_signed_in_with(
    visitor: Visitor, world: World
) -> None:
    """Session fixation, at the issuer and at the service."""
    visitor.http.cookies.set("__Host-ct-intake", "planted", domain="intake.test")
    visitor.http.cookies.set("__Host-ct-identity", "planted", domain="issuer.test")
    door = await visitor.get(f"{INTAKE}/sign-in")
    await visitor.enter(door, "mara.lindqvist")
    first = dict(visitor.http.cookies)
    assert "planted" not in {first["__Host-ct-intake"], first["__Host-ct-identity"]}
    again = await visitor.get(f"{INTAKE}/sign-in?fresh=0")
    await visitor.enter(again, "mara.lindqvist")
    second = dict(visitor.http.cookies)
    assert first["__Host-ct-intake"] != second["__Host-ct-intake"]
    assert first["__Host-ct-identity"] != second["__Host-ct-identity"]
    visitor.http.cookies.set("__Host-ct-intake", first["__Host-ct-intake"], domain="intake.test")


async def test_an_address_with_a_slash_too_many_leads_to_no_host_that_somebody_named(
    visitor: Visitor,
) -> None:
    for path in ("/authorize/", "/password/", "/"):
        answer = await visitor.http.get(f"{ISSUER}{path}", headers={"host": "evil.test"})
        assert answer.status_code == (200 if path == "/" else 404)
        assert "evil.test" not in answer.text + str(answer.headers)


async def test_a_clients_proof_that_is_no_text_is_refused(visitor: Visitor) -> None:
    headers = {"authorization": "Basic /////w=="}
    fields = {"grant_type": "client_credentials"}
    answer = await visitor.http.post(f"{ISSUER}/token", data=fields, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test/", "/\\evil.test", "x", "/\t/evil.test", "javascript:1"],
)
async def test_the_door_leads_nowhere_else(visitor: Visitor, elsewhere: str) -> None:
    door = await visitor.get(f"{INTAKE}/sign-in?{urlencode({'then': elsewhere})}")
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    back = await visitor.get(entered.headers["location"], follow=False)
    assert back.headers["location"] == "/"
