"""A password and a code: neither alone, no code twice, and a way back when the device is lost."""

import base64
import re
from types import SimpleNamespace

import httpx
import pytest

from cli.issuer.guesses import OF_A_CODE
from cli.issuer.routes import second_factors as routes
from cli.issuer.second_factors import _counter
from tests.integration.identity.world import INTAKE, ISSUER, Visitor, Visitors, World, hidden, query

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

LOGIN = "mara.lindqvist"
NOW = 1_800_000_000
HALF_A_MINUTE = 30


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The issuer's, for codes."""
    stopped = SimpleNamespace(at=NOW)
    monkeypatch.setattr(routes, "time", SimpleNamespace(time=lambda: stopped.at))
    return stopped


def code(secret: bytes, away: int = 0) -> str:
    return _counter(secret).generate(NOW + away).decode()


async def set_up(visitor: Visitor, world: World) -> bytes:
    """The page's way: type the secret into an app, and its code here."""
    await visitor.sign_in()
    page = await visitor.get(f"{ISSUER}/second-factor")
    typed = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert typed is not None
    secret = base64.b32decode(typed[1].replace(" ", ""))
    fields = {
        "form_token": hidden(page, "form_token"),
        "challenge": hidden(page, "challenge"),
        "password": world.passwords[LOGIN],
    }
    wrong = await visitor.post(f"{ISSUER}/second-factor", {**fields, "code": "000000"})
    assert wrong.status_code == 422
    assert typed[1] in wrong.text, "the app has it by now"
    assert await world.rows("SELECT 1 FROM second_factors") == []
    there = await visitor.post(
        f"{ISSUER}/second-factor", {**fields, "code": code(secret, -HALF_A_MINUTE)}
    )
    assert "Your second factor was changed" in there.text
    return secret


async def answer(visitor: Visitor, asked: httpx.Response, said: str) -> httpx.Response:
    fields = {
        "form_token": hidden(asked, "form_token"),
        "proof": hidden(asked, "proof"),
        "code": said,
    }
    return await visitor.post(f"{ISSUER}/authorize/code?{asked.url.query.decode()}", fields)


async def test_a_password_opens_nothing_without_a_code_and_a_code_opens_it_once(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    secret = await set_up(visitor, world)
    person, other = visitors(), visitors()
    asked = await person.enter(await person.door("/holds?status=lifted"), LOGIN)
    assert "The code of your app" in asked.text
    assert "__Host-ct-identity" not in dict(person.http.cookies)
    assert (await person.get(f"{INTAKE}/", follow=False)).status_code == 303
    assert (await answer(person, asked, "000000")).status_code == 422
    there = await answer(person, asked, code(secret))
    assert str(there.url) == f"{INTAKE}/holds?status=lifted"
    rows = await world.intake.rows("SELECT methods FROM web_sessions")
    assert "pwd otp mfa" in {row["methods"] for row in rows}

    asked = await other.enter(await other.door(), LOGIN)
    replayed = await answer(other, asked, code(secret))
    assert replayed.status_code == 422, "somebody looked over their shoulder"
    older = await answer(other, asked, code(secret, -HALF_A_MINUTE))
    assert older.status_code == 422
    assert (await answer(other, asked, code(secret, HALF_A_MINUTE))).url.host == "intake.test"


async def test_setting_up_a_code_ends_what_a_password_alone_had_opened(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    elsewhere = visitors()
    await elsewhere.sign_in()
    await set_up(visitor, world)
    await world.told()
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 200
    assert (await elsewhere.get(f"{INTAKE}/", follow=False)).status_code == 303


async def test_what_a_right_password_opened_is_of_its_browser_and_of_five_minutes(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    secret = await set_up(visitor, world)
    person, thief = visitors(), visitors()
    asked = await person.enter(await person.door(), LOGIN)
    stolen = {"proof": hidden(asked, "proof"), "code": code(secret)}
    door = await thief.door()
    address = f"{ISSUER}/authorize/code?{door.url.query.decode()}"
    made_up = {**stolen, "form_token": hidden(asked, "form_token")}
    assert (await thief.post(address, made_up)).status_code == 403
    no_proof = {**stolen, "proof": "made-up", "form_token": hidden(door, "form_token")}
    assert (await thief.post(address, no_proof)).status_code == 422
    await world.rows("UPDATE proven_passwords SET made_at = made_at - interval '301 seconds'")
    late = await answer(person, asked, code(secret))
    assert late.status_code == 422
    assert "Type your password once more" in late.text


async def test_codes_are_guessed_more_slowly_than_passwords(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    secret = await set_up(visitor, world)
    person = visitors()
    asked = await person.enter(await person.door(), LOGIN)
    said = [(await answer(person, asked, "000000")).status_code for _ in range(6)]
    assert said == [422] * 5 + [429]
    await world.rows("UPDATE guesses SET at = at - interval '1 minute'")
    refused = await answer(person, asked, code(secret))
    assert refused.status_code == 429, "a minute gives a password another try, and no code"
    assert int(refused.headers["retry-after"]) <= OF_A_CODE.each
    await world.rows("UPDATE guesses SET at = at - interval '5 minutes'")
    assert (await answer(person, asked, code(secret))).url.host == "intake.test"


async def test_a_lost_device_is_taken_away_by_whoever_runs_the_clinic(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    await set_up(visitor, world)
    gone = await world.administer(f"/{LOGIN}/remove-code")
    assert gone.json() == {"login": LOGIN, "state": "asked for no code"}
    await world.told()
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 303
    person = visitors()
    assert (await person.enter(await person.door(), LOGIN)).url.host == "intake.test"


async def test_its_owner_gives_it_up_with_the_password_and_nobody_else_does(
    visitor: Visitor, world: World
) -> None:
    await set_up(visitor, world)
    page = await visitor.get(f"{ISSUER}/second-factor")
    form = {"form_token": hidden(page, "form_token")}
    wrong = await visitor.post(f"{ISSUER}/second-factor/remove", {**form, "password": "wrong"})
    assert wrong.status_code == 422
    assert len(await world.rows("SELECT 1 FROM second_factors")) == 1
    right = {**form, "password": world.passwords[LOGIN]}
    gone = await visitor.post(f"{ISSUER}/second-factor/remove", right)
    assert query(gone.url)["changed"] == "second-factor"
    assert await world.rows("SELECT 1 FROM second_factors") == []
