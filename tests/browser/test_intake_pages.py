"""Intake's pages in a real browser: followed live, worked by keyboard, legible for everybody."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PATIENCE_MS, Screen, Screens

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)


async def enquiry(screen: Screen, name: str) -> None:
    """Register somebody through the form; ends on the page of their course."""
    await screen.open("intake", "/clients/new")
    await screen.page.fill("#name", name)
    await screen.page.fill("#date_of_birth", "1990-04-02")
    await screen.page.click("main button.first")
    await screen.page.wait_for_url(re.compile("/courses/"))


async def test_what_one_does_the_other_sees_without_doing_anything(screens: Screens) -> None:
    desk, therapist = await screens(), await screens()
    await desk.sign_in("intake", "front_desk")
    await therapist.sign_in("intake", "therapist")
    await expect(therapist.page.locator(".live-state")).to_have_text("Up to date")
    await enquiry(desk, "Juniper Ashdown")
    await expect(therapist.page.locator("main")).to_contain_text("Juniper Ashdown")
    await desk.page.get_by_role("link", name="Care team").click()
    await desk.page.select_option("#therapist_ref", label="Mara Lindqvist")
    await desk.page.click("main button.first")
    await expect(therapist.page.locator("main")).to_contain_text("Mara Lindqvist")


async def test_it_is_worked_by_keyboard_alone(screens: Screens) -> None:
    screen = await screens()
    await screen.sign_in("intake", "front_desk")
    keyboard = screen.page.keyboard
    await keyboard.press("g")
    await keyboard.press("n")
    await screen.page.wait_for_url(re.compile("/clients/new"))
    await screen.page.focus("#name")
    await keyboard.type("Linden Okafor")
    await keyboard.press("Tab")
    await keyboard.type("03041988")
    await screen.page.focus("main button.first")
    await keyboard.press("Enter")
    await screen.page.wait_for_url(re.compile("/courses/"))
    await keyboard.press("g")
    await keyboard.press("e")
    await screen.page.wait_for_url(re.compile("/$"))
    await keyboard.press("/")
    await expect(screen.page.locator("#name")).to_be_focused()
    await keyboard.type("Linden")
    await keyboard.press("Enter")
    await screen.page.wait_for_url(re.compile("name=Linden"))
    await keyboard.press("j")
    await keyboard.press("Enter")
    await expect(screen.page.locator(".client .name")).to_have_text("Linden Okafor")
    await keyboard.press("?")
    await expect(screen.page.locator("#keys")).to_be_visible()
    await keyboard.press("Escape")
    await expect(screen.page.locator("#keys")).to_be_hidden()


async def test_forms_work_without_scripts(screens: Screens) -> None:
    screen = await screens(scripts=False)
    await screen.sign_in("intake", "therapist")
    await enquiry(screen, "Rowan Castellane")
    await screen.page.get_by_role("link", name="Screening", exact=True).click()
    await screen.page.get_by_label("Depression").check()
    await screen.page.click("main button.first")
    await expect(screen.page.locator("h2").first).to_have_text("What was found")


@pytest.mark.parametrize("light", ["light", "dim"])
async def test_everybody_can_read_it(screens: Screens, light: str) -> None:
    """Every page, with people on it and with none, at a tablet's width."""
    screen = await screens(width=820)
    await screen.open("intake", "/sign-in")
    await screen.assert_accessible()
    await screen.sign_in("intake", "therapist")
    if light == "dim":
        await screen.page.click("button[name=theme]")
    await enquiry(screen, f"Ash Verhoeven {light}")
    course = screen.page.url.split("/courses/")[1]
    await screen.open("intake", "/clients/new")
    await screen.page.click("main button.first")
    await expect(screen.page.locator(".summary")).to_be_focused()
    await screen.assert_accessible()
    screen.complaints.clear()  # the browser calls an answer of 422 an error
    paths: tuple[str, ...] = ("", "/team", "/screening", "/evaluation", "/consents", "/questions")
    paths += ("/preferences", "/reviews", "/holds", "/close", "/protocol")
    added = f"/records/evaluations/{course}/addenda"
    for path in ("/", "/?name=nobody", "/holds", added, *(f"/courses/{course}{p}" for p in paths)):
        await screen.open("intake", path)
        await screen.assert_accessible()
