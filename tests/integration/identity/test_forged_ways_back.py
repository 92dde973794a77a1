"""Codes, states and addresses that were touched, moved or used twice open nothing (E7)."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.integration.identity.world import (
    INTAKE,
    ISSUER,
    Visitor,
    Visitors,
    World,
    nobody_is_in,
    query,
    way_back,
)

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


async def redeem(world: World, fields: dict[str, str], secret: str | None = None) -> httpx.Response:
    """At the issuer's token endpoint, as intake unless told otherwise."""
    known = (world.folder / "secrets" / "oidc" / "intake").read_text().strip()
    async with world.http() as http:
        return await http.post(
            f"{ISSUER}/token", data=fields, auth=("careteam-intake", secret or known)
        )


async def test_a_code_opens_one_session_and_no_second(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    back = await way_back(visitor)
    assert (await visitor.get(back, follow=False)).status_code == 303
    assert (await visitor.get(back, follow=False)).status_code == 400
    code = query(back)["code"]
    again = {"grant_type": "authorization_code", "code": code, "code_verifier": "x" * 43}
    answer = await redeem(world, {**again, "redirect_uri": f"{INTAKE}/sign-in/return"})
    assert answer.json()["error"] == "invalid_grant"


async def test_a_code_in_another_browser_opens_nothing(
    visitor: Visitor, visitors: Visitors
) -> None:
    """Login CSRF: whoever is sent my way back does not become me, nor burn it."""
    victim = visitors()
    await victim.door()
    back = await way_back(visitor)
    assert (await victim.get(back, follow=False)).status_code == 400
    assert await nobody_is_in(victim)
    assert (await visitor.get(back, follow=False)).status_code == 303


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "made-up"), ("code", "made-up"), ("iss", "https://other.test"), ("iss", None)],
)
async def test_a_way_back_that_was_touched_opens_nothing(
    visitor: Visitor, name: str, value: str | None
) -> None:
    """Also another issuer's answer, or one that does not say whose it is (RFC 9207)."""
    told = query(await way_back(visitor))
    changed = {**told, name: value} if value else {k: v for k, v in told.items() if k != name}
    answer = await visitor.get(f"{INTAKE}/sign-in/return?{urlencode(changed)}", follow=False)
    assert answer.status_code in {400, 403}
    assert await nobody_is_in(visitor)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"redirect_uri": f"{INTAKE}/sign-in/returns"}, "refused"),
        ({"redirect_uri": f"{INTAKE}/sign-in/return/"}, "refused"),
        ({"redirect_uri": "https://evil.test/sign-in/return"}, "refused"),
        ({"client_id": "careteam-prescribing"}, "refused"),
        ({"client_id": "nobody"}, "refused"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
    ],
)
async def test_the_issuer_answers_only_requests_that_are_whole_and_only_where_they_are_registered(
    visitor: Visitor, change: dict[str, str], says: str
) -> None:
    door = await visitor.door()
    asked = {name: value for name, value in {**query(door.url), **change}.items() if value}
    answer = await visitor.get(f"{ISSUER}/authorize?{urlencode(asked)}", follow=False)
    if says == "refused":
        assert answer.status_code == 400
        assert "location" not in answer.headers
    else:
        assert answer.headers["location"].startswith(f"{INTAKE}/sign-in/return?")
        assert query(answer.headers["location"])["error"] == says


async def test_a_code_needs_its_verifier_its_client_its_address_and_to_be_young(
    visitors: Visitors, world: World
) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": f"{INTAKE}/sign-in/return"}
    for change, secret in (
        ({}, None),
        ({"code_verifier": "x" * 43}, None),
        ({"code_verifier": "x" * 43, "redirect_uri": f"{INTAKE}/"}, None),
        ({"code_verifier": "x" * 43}, "made-up"),
    ):
        code = query(await way_back(visitors()))["code"]
        answer = await redeem(world, {**fields, "code": code, **change}, secret)
        assert answer.status_code in {400, 401}, answer.text
        assert "access_token" not in answer.text
    visitor = visitors()
    back = await way_back(visitor)
    await world.rows("UPDATE codes SET made_at = made_at - interval '61 seconds'")
    assert (await visitor.get(back, follow=False)).status_code == 403
    assert await nobody_is_in(visitor)
