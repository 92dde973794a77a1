"""The sign-in in a real browser: one for all, the way out, the lock, and a passkey."""

import base64
import re
import time
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
from playwright.async_api import expect

from cli.issuer.second_factors import _counter
from tests.browser.conftest import PATIENCE_MS, Screen, Screens, password

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)

LOGIN = "mara.lindqvist"


SEND: Final = """([url, fields]) => fetch(
    url, {method: "POST", body: new URLSearchParams(fields), redirect: "manual"}
).then(answer => answer.status)"""
"""A form of the page that is shown, by its own script."""


async def prove(screen: Screen) -> None:
    """Fill in the issuer's form."""
    await screen.page.fill("#login", LOGIN)
    await screen.page.fill("#password", password(screen.clinic, LOGIN))
    await screen.page.press("#password", "Enter")


async def test_one_sign_in_opens_all_four_and_one_way_out_closes_them(screens: Screens) -> None:
    screen = await screens()
    await screen.sign_in("intake", "therapist")
    for service, url in screen.clinic.services.items():
        await screen.open(service)
        assert screen.page.url.startswith(url), f"{service} asked again"
        await expect(screen.page.locator("header .person")).to_contain_text("Mara Lindqvist")
    await screen.page.get_by_role("button", name="Sign out").click()
    await expect(screen.page.get_by_role("heading", name="Signed out")).to_be_visible()
    await screen.page.go_back()
    await expect(screen.page.locator("header .person")).to_have_count(0)
    for service in screen.clinic.services:
        await eventually_shut(screen, service)


async def eventually_shut(screen: Screen, service: str) -> None:
    """The notice is on its way: soon the service asks who this is."""
    shut = False
    while not shut:
        await screen.open(service)
        shut = "/authorize?" in screen.page.url or "/locked?" in screen.page.url


async def test_a_locked_screen_is_blank_and_gives_back_what_was_typed(screens: Screens) -> None:
    screen = await screens(width=820)
    await screen.sign_in("intake", "therapist")
    await screen.open("intake", "/clients/new")
    await screen.page.fill("#name", "Wren Halloway")
    await screen.page.get_by_role("button", name="Lock the screen").click()
    await expect(screen.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Wren" not in await screen.page.content()
    await screen.assert_accessible()
    await screen.page.get_by_role("link", name="Unlock").press("Enter")
    await prove(screen)
    await expect(screen.page.locator("#name")).to_have_value("Wren Halloway")


async def test_a_screen_that_is_left_alone_locks_by_itself(screens: Screens) -> None:
    screen = await screens()
    await screen.page.clock.install()
    await screen.sign_in("intake", "therapist")
    await screen.open("intake", "/clients/new")
    await screen.page.fill("#name", "Wren Halloway")
    await screen.page.clock.run_for("14:00")
    await expect(screen.page.locator("#name")).to_have_value("Wren Halloway")
    await screen.page.clock.run_for("00:50")
    await screen.page.wait_for_url(re.compile("/locked"))
    assert "Wren" not in await screen.page.content()


async def test_a_passkey_lets_in_without_a_password_and_its_answer_is_good_once(
    screens: Screens,
) -> None:
    screen = await screens()
    device = await screen.page.context.new_cdp_session(screen.page)
    await device.send("WebAuthn.enable")
    await device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    await screen.sign_in("intake", "therapist")
    await screen.page.goto(screen.clinic.issuer)
    await screen.page.get_by_role("button", name="Make a passkey").click()
    await expect(screen.page.get_by_role("button", name="Remove")).to_be_visible()
    await screen.assert_accessible()
    await screen.page.get_by_role("link", name="Change your password").click()
    await expect(screen.page.get_by_label("Present password")).to_be_focused()
    await screen.assert_accessible()
    await screen.page.get_by_role("link", name="Back").click()
    await screen.page.get_by_role("button", name="Sign out everywhere").click()
    await expect(screen.page.get_by_role("heading", name="Nobody is signed in")).to_be_visible()

    await screen.open("prescribing", "/sign-in")
    sent: list[dict[str, Any]] = []
    screen.page.on(
        "request",
        lambda one: (
            sent.append({"url": one.url, "body": one.post_data})
            if "/authorize/passkey" in one.url
            else None
        ),
    )
    await screen.page.get_by_role("button", name="Sign in with a passkey").click()
    await screen.page.wait_for_url(screen.clinic.services["prescribing"] + "/")
    await expect(screen.page.locator("header .person")).to_contain_text("Mara Lindqvist")

    screen.expects_refusals = True
    await screen.open("prescribing", "/sign-in?fresh=0")
    token = await screen.page.locator("[name=form_token]").first.input_value()
    overheard = {**dict(parse_qsl(sent[0]["body"])), "form_token": token}
    replayed = await screen.page.evaluate(SEND, [sent[0]["url"], overheard])
    assert replayed == 422, "a form of this very page, with an answer that was given before"


@pytest.mark.parametrize("light", ["light", "dim"])
async def test_everybody_can_read_the_door(screens: Screens, light: str) -> None:
    """With a mistake on it, in both languages, at a tablet's width."""
    screen = await screens(width=820)
    await screen.open("intake", "/sign-in")
    if light == "dim":
        await screen.page.click("button[name=theme]")
        await expect(screen.page.locator("html[data-theme=dim]")).to_have_count(1)
    await screen.assert_accessible()
    await screen.page.fill("#login", "nobody.at.all")
    await screen.page.fill("#password", "wrong")
    await screen.page.press("#password", "Enter")
    await expect(screen.page.locator(".summary")).to_be_visible()
    await screen.assert_accessible()
    screen.complaints.clear()  # the browser calls an answer of 422 an error
    await screen.page.click("button[name=language]")
    await expect(screen.page.get_by_role("button", name="Entrar", exact=True)).to_be_visible()
    await screen.assert_accessible()
    await screen.open("intake", "/signed-out")
    await screen.assert_accessible()


FELIX = "felix.moreau"


async def test_everybody_can_read_the_issuers_own_pages(screens: Screens) -> None:
    """Each page and each mistake on it: first in English and light, then in Spanish and dim."""
    screen = await screens(width=820)
    page = screen.page
    await _knock(screen)
    await page.wait_for_url(re.compile("/password|" + re.escape(screen.clinic.services["intake"])))
    await screen.assert_accessible()
    await _own_pages(screen)
    await page.goto(screen.clinic.issuer + "/second-factor")
    secret = (await page.locator(".key code").inner_text()).replace(" ", "")
    await page.fill("#code", _now_of(secret))
    await page.fill("#password", password(screen.clinic, FELIX))
    await page.press("#password", "Enter")
    await expect(page.locator(".block.info")).to_be_visible()
    await screen.assert_accessible()
    await page.click("button[name=theme]")
    await page.click("button[name=language]")
    await expect(page.locator("html[data-theme=dim][lang=es]")).to_have_count(1)
    await _own_pages(screen)
    await page.goto(screen.clinic.issuer + "/end-session")
    await screen.assert_accessible()
    await page.locator("main .first").click()
    await expect(page.locator("header .look")).to_be_visible()
    await screen.assert_accessible()
    await _asked_for_a_code(screen)
    await page.goto(screen.clinic.issuer)
    await page.click("button[name=theme]")
    await page.click("button[name=language]")
    await expect(page.locator("html[data-theme=light][lang=en]")).to_have_count(1)
    await _asked_for_a_code(screen)
    screen.complaints.clear()  # the browser calls each refusal an error


async def _knock(screen: Screen) -> None:
    await screen.open("intake", "/sign-in")
    await screen.page.fill("#login", FELIX)
    await screen.page.fill("#password", password(screen.clinic, FELIX))
    await screen.page.press("#password", "Enter")


async def _own_pages(screen: Screen) -> None:
    """What somebody who is signed in finds at the issuer, with a mistake where one can be made."""
    for path in ("/", "/nowhere", "/second-factor"):
        await screen.page.goto(screen.clinic.issuer + path)
        await screen.assert_accessible()
    if await screen.page.locator("#code").count():
        await screen.page.fill("#code", "000000")
    await screen.page.fill("#password", "another one than mine")
    await screen.page.press("#password", "Enter")
    await expect(screen.page.locator(".summary")).to_be_visible()
    await screen.assert_accessible()
    await screen.page.goto(screen.clinic.issuer + "/password")
    await screen.page.fill("#old", password(screen.clinic, FELIX))
    await screen.page.fill("#new", "a few words of mine")
    await screen.page.fill("#again", "a few other words")
    await screen.page.press("#again", "Enter")
    await expect(screen.page.locator(".summary")).to_be_visible()
    await screen.assert_accessible()


async def _asked_for_a_code(screen: Screen) -> None:
    await _knock(screen)
    await expect(screen.page.locator("#code")).to_be_focused()
    await screen.assert_accessible()
    await screen.page.fill("#code", "000000")
    await screen.page.press("#code", "Enter")
    await expect(screen.page.locator(".summary")).to_be_visible()
    await screen.assert_accessible()


def _now_of(secret: str) -> str:
    """The code that an app shows now."""
    return _counter(base64.b32decode(secret)).generate(time.time()).decode()
