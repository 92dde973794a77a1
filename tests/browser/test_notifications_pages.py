"""Notifications' pages in a real browser: a loop appears by itself, and everybody can read it."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from cli.clinic.reach import Reach
from cli.clinic.sandbox_clock import set_clock, settle
from cli.journeys.stage import stage
from cli.synthetic.population import populate
from tests.browser.conftest import PATIENCE_MS, Screen, Screens
from tests.support.started_clinic import StartedClinic, free_base, start_clinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedClinic]:
    """The synthetic clinic, with a check-in that is due at whatever hour this runs."""
    started = start_clinic(tmp_path_factory.mktemp("clinic") / "data", free_base(), "--empty")
    try:
        asyncio.run(populate(started.reach, lambda _line: None))
        asyncio.run(when_the_first_check_in_is_due(started.reach))
        yield started
    finally:
        started.stop()


async def when_the_first_check_in_is_due(clinic: Reach) -> None:
    """Move the clock there, unless it is there already."""
    async with stage(clinic, lambda _line: None) as place:
        found = await place.see("nurse", "notifications", "/check-ins")
    due = min(datetime.fromisoformat(one["due_at"]) for one in found["items"])
    if clinic.clock_file is not None:
        set_clock(clinic.clock_file, max(due, datetime.now(UTC)), running=True)
    await settle(clinic)


async def test_a_concern_is_on_the_on_call_screen_by_itself(screens: Screens) -> None:
    nurse, on_call = await screens(), await screens()
    await on_call.sign_in("notifications", "on_call")
    await expect(on_call.page.locator(".live-state")).to_have_text("Up to date")
    await expect(on_call.page.locator("main")).to_contain_text("Nobody is called now")
    await nurse.sign_in("notifications", "nurse")
    await nurse.open("notifications", "/aftercare")
    await nurse.page.get_by_role("link", name="How it went").click()
    await nurse.page.get_by_label("There is a concern").check()
    await nurse.page.click("main button.first")
    await nurse.page.wait_for_url(re.compile("/aftercare/"))

    loop = on_call.page.locator("section.card.critical")
    await expect(loop).to_contain_text("Rafael Lindgren")
    await expect(loop.locator("[data-age]")).to_have_text(re.compile(r"^\d+ (s|min)$"))
    await expect(loop).to_contain_text("circle 1 of 3")
    await loop.get_by_role("button", name="I take it").click()
    await expect(nurse.page.locator("section.card.warning")).to_contain_text(
        "Taken byDr. Samuel Okoro"
    )


async def test_what_was_opened_stays_open_while_the_page_follows(screens: Screens) -> None:
    reader, desk = await screens(), await screens()
    await reader.sign_in("notifications", "therapist")
    await an_aftercare(reader)
    await expect(reader.page.locator(".live-state")).to_have_text("Up to date")
    await reader.page.get_by_text("Why?").first.click()
    await desk.sign_in("notifications", "front_desk")
    await an_aftercare(desk)
    history = reader.page.get_by_text("Instructions delivered: escort, in person")
    await expect(history).to_have_count(0)
    await desk.page.get_by_role("link", name="Hand over or confirm").click()
    await desk.page.get_by_label("Escort").check()
    await desk.page.get_by_label("In person").check()
    await desk.page.get_by_role("button", name="Record the handover").click()
    await expect(history).to_have_count(1)
    await expect(reader.page.locator("main .block details").first).to_have_attribute("open", "")


@pytest.mark.parametrize("light", ["light", "dim"])
async def test_everybody_can_read_it(screens: Screens, light: str) -> None:
    """Every page, with people on it and with none, at a tablet's width."""
    screen = await screens(width=820)
    await screen.sign_in("notifications", "therapist")
    if light == "dim":
        await screen.page.click("button[name=theme]")
    await an_aftercare(screen)
    aftercare = screen.page.url.split("/aftercare/")[1]
    check_in = await a_check_in(screen)
    for path in (
        *("/", "/?status=resolved", "/tasks", "/tasks?status=withdrawn", "/tasks?owner=operator"),
        *("/aftercare", "/aftercare?status=armed", f"/aftercare/{aftercare}"),
        *(f"/aftercare/{aftercare}/instructions", check_in),
        *("/inbox", "/inbox?status=read", "/preferences"),
        *("/messages", "/messages?status=failed", "/outbox", "/templates"),
    ):
        await screen.open("notifications", path)
        await screen.assert_accessible()


async def an_aftercare(screen: Screen) -> None:
    await screen.open("notifications", "/aftercare")
    await screen.page.locator("main tbody").last.get_by_role("link").first.click()
    await screen.page.wait_for_url(re.compile("/aftercare/"))


async def a_check_in(screen: Screen) -> str:
    """A check-in that nobody has made yet."""
    answer = await screen.page.context.request.get(
        screen.clinic.services["notifications"] + "/api/v1/check-ins?status=planned"
    )
    return f"/check-ins/{(await answer.json())['items'][0]['id']}"
