"""Programs by themselves: a token for a registered role, by a secret, that signs for nobody."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests.integration.identity.world import ISSUER, World, status_of_api

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


async def registered(world: World, role: str = "front_desk") -> dict[str, str]:
    made = await world.administer("", {"name": "Day list", "role": role}, of="programs")
    assert made.status_code == 200, made.text
    found: dict[str, str] = made.json()
    return found


async def asked(world: World, program: dict[str, str], **told: str) -> httpx.Response:
    async with world.http() as http:
        return await http.post(
            f"{ISSUER}/token",
            data={"grant_type": "client_credentials", **told},
            auth=(program["id"], program["secret"]),
        )


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


async def newest(world: World) -> dict[str, Any]:
    rows = await world.rows("SELECT body FROM audit_chain ORDER BY sequence DESC LIMIT 1")
    found: dict[str, Any] = json.loads(rows[0]["body"])
    return found


async def test_a_program_acts_in_its_own_name_and_role(world: World) -> None:
    program = await registered(world)
    answer = await asked(world, program)
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["scope"]) == (200, "Bearer", "front_desk")
    assert answer.headers["cache-control"] == "no-store"
    assert "refresh_token" not in told
    assert await status_of_api(world, told["access_token"]) == 200
    claims = claims_of(told["access_token"])
    assert (claims["sub"], claims["careteam_role"]) == (program["id"], "front_desk")
    assert {"auth_time", "sid", "amr", "acr"}.isdisjoint(claims), "no person has proved anything"
    entry = await newest(world)
    assert (entry["action"], entry["outcome"], entry["ref"]) == (
        "take_token",
        "allowed",
        program["id"],
    )


@pytest.mark.parametrize("role", ["therapist", "prescriber", "nurse", "administrator", ""])
async def test_nothing_that_answers_for_a_client_is_a_program(world: World, role: str) -> None:
    refused = await world.administer("", {"name": "Day list", "role": role}, of="programs")
    assert refused.status_code == 422
    assert refused.json()["detail"] == "A program may be one of front_desk, on_call, operator."


async def test_a_program_gets_its_own_role_and_no_other_and_no_other_grant(world: World) -> None:
    program = await registered(world)
    assert (await asked(world, program, scope="front_desk")).status_code == 200
    for scope in ("prescriber", "front_desk operator", "openid"):
        answer = await asked(world, program, scope=scope)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    for grant in ("authorization_code", "refresh_token", "password"):
        assert (await asked(world, program, grant_type=grant)).status_code in {400, 401}
    known = (world.folder / "secrets" / "oidc" / "intake").read_text().strip()
    service = {"id": "careteam-intake", "secret": known}
    assert (await asked(world, service)).status_code == 401, "a service is no program"


async def test_a_wrong_secret_is_counted_and_audited(world: World) -> None:
    program = await registered(world)
    wrong = {**program, "secret": "made-up"}
    said = [(await asked(world, wrong)).status_code for _ in range(6)]
    assert said == [401] * 5 + [429]
    entry = await newest(world)
    assert (entry["outcome"], entry["why"], entry["target"]) == (
        "refused",
        "too_many_tries",
        program["id"],
    )
    await world.rows("DELETE FROM guesses")
    assert (await asked(world, program)).status_code == 200
    assert (await asked(world, {**program, "id": "made-up"})).status_code == 401


@pytest.mark.parametrize("change", ["end", "secret"])
async def test_an_ended_program_or_secret_opens_nothing_at_once(world: World, change: str) -> None:
    """Also with the token that it has: services are told, as of a person's end."""
    program = await registered(world)
    token = (await asked(world, program)).json()["access_token"]
    assert await status_of_api(world, token) == 200
    changed = await world.administer(f"/{program['id']}/{change}", of="programs")
    assert changed.status_code == 200
    await world.told()
    assert await status_of_api(world, token) == 401
    assert (await asked(world, program)).status_code == 401
    if change == "secret":
        renewed = {**program, "secret": changed.json()["secret"]}
        assert (await asked(world, renewed)).status_code == 200
    else:
        again = await world.administer(f"/{program['id']}/end", of="programs")
        assert again.status_code == 404


async def test_programs_are_kept_by_whoever_has_the_secret_only_and_shown_without_theirs(
    world: World,
) -> None:
    program = await registered(world)
    async with world.http() as http:
        address = f"{ISSUER}/administration/programs"
        for method, path in (("GET", ""), ("POST", ""), ("POST", f"/{program['id']}/secret")):
            assert (await http.request(method, address + path)).status_code == 401
        known = {"Authorization": f"Bearer {world.office.administration_secret}"}
        listed = await http.get(address, headers=known)
    assert {"id": program["id"], "name": "Day list", "role": "front_desk", "ended": False} in (
        listed.json()
    )
    assert program["secret"] not in listed.text
    kept = await world.rows("SELECT secret_hash FROM programs")
    assert program["secret"].encode() not in {bytes(row["secret_hash"]) for row in kept}
