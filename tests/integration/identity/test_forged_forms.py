"""Forms of other pages and browsers, planted ids, and ways to elsewhere (E6)."""

from typing import Any
from urllib.parse import urlencode

import httpx
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
from tests.integration.intake.clinic import REFS

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


async def test_no_script_and_no_open_network_gets_a_cookie_of_the_issuer(visitor: Visitor) -> None:
    door = await visitor.door()
    looks = {"language": "es", "theme": "dim", "here": "/"}
    chosen = await visitor.post(f"{ISSUER}/appearance", looks, follow=False)
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    given = [c for one in (door, chosen, entered) for c in one.headers.get_list("set-cookie")]
    assert len(given) == 4
    assert [one for one in given if not {"Secure", "HttpOnly"} <= set(one.split("; "))] == []


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/authorize", {"login": "a\0b", "password": "x"}, 422),
        ("/authorize", {"login": "a", "password": "x\0"}, 422),
        ("/authorize/code", {"proof": "\0", "code": "\0"}, 422),
        ("/authorize/passkey", {"credential": "[1]", "challenge": "KEPT"}, 422),
        ("/authorize/passkey", {"credential": '"x"', "challenge": "KEPT"}, 422),
        ("/authorize/passkey", {"credential": '{"rawId": 7}', "challenge": "KEPT"}, 422),
        ("/authorize/passkey", {"credential": "\0", "challenge": "\0"}, 422),
        ("/revoke", {"token": "\0"}, 401),
        ("/token", {"grant_type": "authorization_code", "code": "\0"}, 401),
    ],
)
async def test_what_no_page_of_the_issuer_sends_is_refused_in_words(
    visitor: Visitor, path: str, fields: dict[str, str], status: int
) -> None:
    door = await visitor.door()
    token = hidden(door, "form_token")
    kept = await visitor.post(f"{ISSUER}/passkeys/challenge", {"form_token": token})
    told = {k: kept.json()["challenge"] if v == "KEPT" else v for k, v in fields.items()}
    url = f"{ISSUER}{path}?{door.url.query.decode()}"
    answer = await visitor.post(url, {**told, "form_token": token}, follow=False)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("of", "path", "body"),
    [
        ("accounts", "", {"people": [{"name": "A\0", "role": "nurse", "ref": str(REFS["nurse"])}]}),
        ("accounts", "", {"people": [{"name": "", "role": "nurse", "ref": str(REFS["nurse"])}]}),
        ("accounts", "", {"people": [{"name": "A", "role": "\0", "ref": str(REFS["nurse"])}]}),
        ("accounts", "/a%00b/disable", None),
        ("programs", "", {"name": "A\0", "role": "operator"}),
    ],
)
async def test_nobody_is_called_by_what_is_no_name(
    world: World, of: str, path: str, body: dict[str, object] | None
) -> None:
    before = await world.rows("SELECT count(*) AS n FROM accounts")
    assert (await world.administer(path, body, of=of)).status_code == 422
    assert await world.rows("SELECT count(*) AS n FROM accounts") == before


async def test_an_issuer_without_its_database_says_so_and_nothing_of_what_was_typed(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails: the answer is one sentence, and tells when to try again where that helps."""
    door = await visitor.door()

    for error, status in ((ConnectionRefusedError("qz-typed"), 503), (KeyError("qz-typed"), 500)):

        async def fails(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("cli.issuer.accounts.by_login", fails)
        failing = httpx.ASGITransport(world.issuer, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=failing, cookies=visitor.http.cookies) as http:
            own = {"sec-fetch-site": "same-origin", "origin": ISSUER}
            fields = {"form_token": hidden(door, "form_token"), "login": "a", "password": "b"}
            answer = await http.post(str(door.url), data=fields, headers=own)
        assert answer.status_code == status
        assert "This did not work" in answer.text
        assert "qz-typed" not in answer.text
        assert (answer.headers.get("retry-after") == "1") is (status == 503)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test/", "/\\evil.test", "x", "/\t/evil.test", "javascript:1"],
)
async def test_the_door_leads_nowhere_else(visitor: Visitor, elsewhere: str) -> None:
    door = await visitor.get(f"{INTAKE}/sign-in?{urlencode({'then': elsewhere})}")
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    back = await visitor.get(entered.headers["location"], follow=False)
    assert back.headers["location"] == "/"
