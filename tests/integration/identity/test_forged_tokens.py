"""Tokens that the issuer did not sign, or not for this, are nobody and end nothing (E7)."""

import base64
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from cli.issuer.tokens import ACCESS_TOKEN_SECONDS
from shared.web.sign_in.claims import ACCESS_LEEWAY_SECONDS, LOGOUT_EVENT
from tests.integration.identity.world import (
    INTAKE,
    ISSUER,
    Visitor,
    World,
    nobody_is_in,
    status_of_api,
    tokens_of,
)

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def unsigned(claims: dict[str, Any], typ: str) -> str:
    parts = ({"alg": "none", "typ": typ}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
    return b".".join([*encoded, b""]).decode()


def forgeries(world: World, claims: dict[str, Any], typ: str) -> dict[str, str]:
    """The same claims in every wrong dress."""
    key, stranger = world.key, ECKey.generate_key("P-256")
    public = OctKey.import_key(json.dumps(key.as_dict(private=False)))
    header = {"alg": "ES256", "typ": typ, "kid": str(key.kid)}

    def signed(changed: dict[str, Any], by: ECKey = key, head: Any = header) -> str:
        return jwt.encode(head, changed, by, ["ES256"])

    return {
        "unsigned": unsigned(claims, typ),
        "a stranger's key": signed(claims, stranger),
        "the public key as a secret": jwt.encode(
            {"alg": "HS256", "typ": typ, "kid": str(key.kid)}, claims, public, ["HS256"]
        ),
        "another audience": signed({**claims, "aud": "careteam-prescribing"}),
        "another issuer": signed({**claims, "iss": "https://other.test"}),
        "expired": signed({**claims, "exp": int(time.time()) - 120}),
        "without an end": signed({k: v for k, v in claims.items() if k != "exp"}),
        "nobody's audience": signed({k: v for k, v in claims.items() if k != "aud"}),
        "cut": signed(claims)[:-4],
    }


async def test_no_forged_id_token_is_anybody(visitor: Visitor, world: World) -> None:
    tokens = await tokens_of(visitor, world)
    claims = claims_of(tokens["id_token"])
    issuer = world.intake.app.state.issuer

    async def accepts(token: str, **changed: Any) -> bool:
        try:
            told = {"nonce": claims["nonce"], "max_age": None, **changed}
            await issuer.id_claims({**tokens, "id_token": token}, **told)
        except Exception as refused:  # noqa: BLE001 - whichever way it is refused
            return type(refused).__name__ != "TokenRefusedError"
        return True

    assert await accepts(tokens["id_token"])
    for name, forged in forgeries(world, claims, "JWT").items():
        assert not await accepts(forged), name
    assert not await accepts(tokens["id_token"], nonce="another attempt's")
    assert not await accepts(tokens["access_token"]), "an access token is no ID token"
    old = jwt.encode(
        {"alg": "ES256", "kid": str(world.key.kid)},
        {**claims, "auth_time": int(time.time()) - 3600},
        world.key,
        ["ES256"],
    )
    assert await accepts(old)
    assert not await accepts(old, max_age=300), "somebody was there, an hour ago"


async def test_an_access_token_of_the_issuer_is_who_it_says_and_no_other_token_is(
    visitor: Visitor, world: World
) -> None:
    tokens = await tokens_of(visitor, world)
    claims = claims_of(tokens["access_token"])

    assert await status_of_api(world, tokens["access_token"]) == 200
    assert await status_of_api(world, tokens["id_token"]) == 401
    for name, forged in forgeries(world, claims, "at+jwt").items():
        assert await status_of_api(world, forged) == 401, name
    await world.administer("/mara.lindqvist/end")
    await world.told()
    ended = await status_of_api(world, tokens["access_token"])
    assert ended == 401, "ended, however young the token"


@pytest.mark.parametrize(("age", "status"), [(0, 200), (59, 401)])
async def test_a_token_opens_nothing_a_minute_later_though_no_notice_came(
    visitor: Visitor, world: World, age: int, status: int
) -> None:
    """E8: the account is shut, and nobody tells the service. The issuer makes tokens that short,
    and what is forgiven its clock is counted in."""
    made = claims_of((await tokens_of(visitor, world))["access_token"])
    lasts = made["exp"] - made["iat"]
    assert lasts == ACCESS_TOKEN_SECONDS
    assert lasts + ACCESS_LEEWAY_SECONDS < 60
    shut = "UPDATE accounts SET disabled_at = now() WHERE login = 'mara.lindqvist'"
    await world.rows(shut)
    iat = int(time.time()) - age
    header = {"alg": "ES256", "typ": "at+jwt", "kid": str(world.key.kid)}
    then = jwt.encode(header, {**made, "iat": iat, "exp": iat + lasts}, world.key, ["ES256"])
    try:
        assert await status_of_api(world, then) == status
    finally:
        await world.administer("/mara.lindqvist/enable")


async def test_a_shut_account_has_no_token_that_opens_anything(
    visitor: Visitor, world: World
) -> None:
    token = (await tokens_of(visitor, world))["access_token"]
    await world.administer("/mara.lindqvist/disable")
    await world.told()
    assert await status_of_api(world, token) == 401
    await world.administer("/mara.lindqvist/enable")
    assert await status_of_api(world, token) == 401, "opened again is not what was before"


@pytest.mark.parametrize("age", [0, 299, 301])
async def test_a_program_signs_for_a_prescriber_only_with_a_fresh_proof(
    world: World, age: int
) -> None:
    accounts = await world.rows("SELECT id, ref FROM accounts WHERE role = 'prescriber'")
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "careteam",
        "sub": str(accounts[0]["id"]),
        "iat": now,
        "exp": now + 60,
        "auth_time": now - age,
        "careteam_role": "prescriber",
        "careteam_ref": str(accounts[0]["ref"]),
    }
    header = {"alg": "ES256", "typ": "at+jwt", "kid": str(world.key.kid)}
    token = jwt.encode(header, claims, world.key, ["ES256"])
    async with world.http() as http:
        answer = await http.post(
            f"{INTAKE}/api/v1/holds/018f0000-0000-7000-8000-000000000009/lift",
            json={},
            headers={"Authorization": f"Bearer {token}"},
        )
    if age > 300:
        assert answer.status_code == 401
        assert "insufficient_user_authentication" in answer.headers["www-authenticate"]
    else:
        assert answer.status_code in {404, 422}


async def test_a_notice_that_is_not_the_issuers_ends_nothing(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    accounts = await world.rows("SELECT id FROM accounts WHERE role = 'therapist'")
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "careteam-intake",
        "iat": now,
        "exp": now + 60,
        "jti": "1",
        "sub": str(accounts[0]["id"]),
        "events": {LOGOUT_EVENT: {}},
    }
    wrong = forgeries(world, claims, "logout+jwt")
    key, header = world.key, {"alg": "ES256", "kid": str(world.key.kid)}
    for name, change in (("no event", {"events": {}}), ("a nonce", {"nonce": "x"})):
        wrong[name] = jwt.encode(header, {**claims, **change}, key, ["ES256"])
    async with world.http() as http:
        for name, token in wrong.items():
            answer = await http.post(f"{INTAKE}/sign-in/ended", data={"logout_token": token})
            assert answer.status_code == 400, name
        assert not await nobody_is_in(visitor)
        right = jwt.encode(header, claims, key, ["ES256"])
        answer = await http.post(f"{INTAKE}/sign-in/ended", data={"logout_token": right})
        assert answer.status_code == 200
    assert await nobody_is_in(visitor)
