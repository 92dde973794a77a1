"""What has been done to sign-ins elsewhere, done to this one: none of it opens anything (E7)."""

import base64
import json
import math
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from cli.issuer import accounts, guesses
from shared.web.sign_in.claims import LOGOUT_EVENT
from tests.integration.identity.world import INTAKE, ISSUER, Visitor, Visitors, World, hidden, query

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def nobody_is_in(visitor: Visitor) -> bool:
    answer = await visitor.get(f"{INTAKE}/", follow=False)
    return answer.status_code == 303


async def way_back(visitor: Visitor) -> str:
    """The address with a code that the issuer sends this browser to, not yet followed."""
    entered = await visitor.enter(await visitor.door(), "mara.lindqvist", follow=False)
    assert entered.status_code == 303, entered.text
    return str(entered.headers["location"])


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

    async def status(token: str) -> int:
        async with world.http() as http:
            answer = await http.get(
                f"{INTAKE}/api/v1/courses", headers={"Authorization": f"Bearer {token}"}
            )
        return answer.status_code

    assert await status(tokens["access_token"]) == 200
    assert await status(tokens["id_token"]) == 401
    for name, forged in forgeries(world, claims, "at+jwt").items():
        assert await status(forged) == 401, name
    await world.administer("/mara.lindqvist/end")
    await world.told()
    assert await status(tokens["access_token"]) == 401, "ended, however young the token"


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


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "https://intake.test"},
        {"origin": "null"},
    ],
)
async def test_a_form_of_another_page_signs_nobody_in(
    visitor: Visitor, world: World, headers: dict[str, str]
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


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test/", "/\\evil.test", "x", "/\t/evil.test", "javascript:1"],
)
async def test_the_door_leads_nowhere_else(visitor: Visitor, elsewhere: str) -> None:
    door = await visitor.get(f"{INTAKE}/sign-in?{urlencode({'then': elsewhere})}")
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    back = await visitor.get(entered.headers["location"], follow=False)
    assert back.headers["location"] == "/"


async def test_a_login_is_guessed_ten_times_in_five_minutes_at_most_and_never_shut(
    visitor: Visitor, world: World
) -> None:
    door = await visitor.door()
    tried = 0
    for minute in range(5):
        while (await visitor.enter(door, "mara.lindqvist", "wrong")).status_code == 422:
            tried += 1
        refused = await visitor.enter(door, "mara.lindqvist")
        assert refused.status_code == 429, f"the right one is not taken either, minute {minute}"
        assert 0 < int(refused.headers["retry-after"]) <= guesses.OF_A_LOGIN.each
        await world.rows("UPDATE guesses SET at = at - interval '1 minute'")
    assert 5 <= tried <= 10
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    assert entered.status_code == 303, "after a minute whoever knows it is in"


async def test_nobody_learns_which_logins_there_are(visitor: Visitor, world: World) -> None:
    """The same words, the same status, the same buckets."""
    door = await visitor.door()
    for login in ("mara.lindqvist", "nobody.at.all"):
        said = [await visitor.enter(door, login, "wrong") for _ in range(6)]
        assert [one.status_code for one in said] == [422] * 5 + [429]
        texts = {one.text.replace(login, "LOGIN") for one in said[:5]}
        assert len({"do not belong together" in text for text in texts}) == 1
    await world.rows("DELETE FROM guesses")


async def test_an_address_that_sprays_is_slowed_down(visitor: Visitor, world: World) -> None:
    """A guess for each of many logins: no login's bucket is empty, the address's is."""
    door = await visitor.door()
    free = 0
    async with world.office.engine.begin() as connection:
        while await guesses.take(connection, f"somebody.{free}", "10.0.0.9") is None:
            free += 1
    assert guesses.OF_AN_ADDRESS.most <= free < 200
    assert (await visitor.enter(door, "somebody.else", "wrong")).status_code == 429
    async with world.office.engine.begin() as connection:
        assert await guesses.take(connection, "somebody.else.still", "10.0.0.10") is None


async def test_it_takes_as_long_when_nobody_has_the_login(world: World) -> None:
    """No significant difference (rank sum, p > 0.01) between a wrong password and a wrong login."""
    took: dict[str, list[float]] = {"mara.lindqvist": [], "nobody.at.all": []}
    async with world.office.engine.connect() as connection:
        for number in range(24):
            for login in sorted(took, reverse=bool(number % 2)):
                began = time.perf_counter()
                assert await accounts.who(connection, login, "wrong") is None
                took[login].append(time.perf_counter() - began)
    known, unknown = took.values()
    assert abs(rank_sum_z(known[4:], unknown[4:])) < 2.576


def rank_sum_z(one: list[float], other: list[float]) -> float:
    """Mann and Whitney's statistic in standard deviations."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other)
    n, m = len(one), len(other)
    return (wins - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)


async def test_the_measure_sees_a_difference() -> None:
    assert abs(rank_sum_z([1.0 + i / 100 for i in range(20)], [i / 100 for i in range(20)])) > 2.576
