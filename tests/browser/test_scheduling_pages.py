"""Scheduling's pages in a real browser: a stop that is always in sight, legible for everybody."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screen, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def dosed(clinic: StartedClinic) -> Course:
    """A client twenty minutes after the dose, on a day that stands still."""

    async def play() -> Course:
        async with stage(clinic.reach, lambda _line: None) as place:
            course = await passages.until_dosed(place, "Avery Quill")
            await place.at("10:20")
            return course

    return asyncio.run(play())


async def session_screen(screens: Screens, dosed: Course, role: str, **how: bool | int) -> Screen:
    screen = await screens(**how)
    await screen.sign_in("scheduling", role)
    await screen.open("scheduling", f"/sessions/{dosed.session}")
    return screen


async def test_every_page_can_be_read_by_everybody(screens: Screens, dosed: Course) -> None:
    """At a tablet's width, in both lights, with people on it and with none."""
    screen = await session_screen(screens, dosed, "therapist", width=820)
    here = f"/sessions/{dosed.session}"
    paths = ["/", "/?view=week", "/?by=clinician", "/?day=2030-01-06", "/board", "/readiness"]
    paths += ["/tasks", "/tasks?status=done", "/roster", "/sessions/new", f"/courses/{dosed.id}"]
    paths += [here, f"{here}/escorts", f"{here}/summary", f"{here}/notes", f"{here}/reschedule"]
    paths += [f"{here}/left-against-advice", f"{here}/manual-clearance"]
    for _ in range(2):
        for path in paths:
            await screen.open("scheduling", path)
            await screen.assert_accessible()
        await screen.page.click("button[name=theme]")


async def test_the_stop_and_who_it_is_about_never_scroll_away(
    screens: Screens, dosed: Course
) -> None:
    screen = await session_screen(screens, dosed, "nurse", width=820)
    await screen.page.get_by_text("The way so far").click()
    await screen.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert await screen.page.evaluate("scrollY") > 500
    await expect(screen.page.locator(".client .name")).to_be_in_viewport()
    stop = screen.page.get_by_role("button", name="Stop")
    await expect(stop).to_be_in_viewport(ratio=1)
    await expect(screen.page.locator(".client .timer")).to_have_text(re.compile(r"^00:3\d:\d\d$"))


async def test_one_stops_without_a_script_and_the_other_sees_it_without_doing_anything(
    screens: Screens, dosed: Course
) -> None:
    board = await session_screen(screens, dosed, "front_desk")
    await expect(board.page.locator(".live-state")).to_have_text("Up to date")
    plain = await session_screen(screens, dosed, "therapist", scripts=False)
    await plain.page.get_by_role("button", name="Stop").click()
    await expect(plain.page.locator("main")).to_contain_text("The client stays and is observed.")
    await expect(board.page.locator("main")).to_contain_text("The client stays and is observed.")
    await expect(board.page.get_by_role("button", name="Stop")).to_have_count(0)
