"""Dragging in the calendar, in a real browser: what is in the way is said before the drop."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys.course_of_care import Course
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screen, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)

HOUR = 4 * 22
"""Of the calendar's rows, in dots."""


@dataclass(frozen=True)
class Booked:
    """Two talks of two clients tomorrow at ten and at one, in one room."""

    path: str
    early: Course
    late: Course


@pytest.fixture(scope="module")
def booked(clinic: StartedClinic) -> Booked:
    async def play() -> Booked:
        async with stage(clinic.reach, lambda _line: None) as place:
            await place.at("08:30")
            made = []
            for name, begins in (("Aspen Early", "10:00"), ("Birch Late", "13:00")):
                course = await care.registered(place, name, "1990-04-02")
                await care.team(place, course)
                await care.screened(place, course)
                await care.evaluated(place, course)
                await care.consented(place, course)
                course.session = await booking.talk_booked(place, course, "prep", begins, days=1)
                made.append(course)
            day = place.today + timedelta(days=1)
            return Booked(f"/?day={day}&by=room", *made)

    return asyncio.run(play())


async def calendar(screens: Screens, booked: Booked, **how: int) -> Screen:
    screen = await screens(**how)
    await screen.sign_in("scheduling", "front_desk")
    await screen.open("scheduling", booked.path)
    await expect(slip(screen.page, "Birch Late")).to_be_visible()
    return screen


def slip(page: Page, name: str) -> Locator:
    return page.locator(".slip", has_text=name).first


async def hold(
    page: Page, name: str, *, hours: float = 0, column: int | None = None
) -> tuple[float, float]:
    """Take a booking and hold it so many hours later, or over another column; where it was."""
    await slip(page, name).evaluate("one => one.scrollIntoView({ block: 'center' })")
    box = await slip(page, name).bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + 12
    await page.mouse.move(x, y)
    await page.mouse.down()
    to_x = x
    if column is not None:
        there = await page.locator(".drag .ec-body .ec-day").nth(column).bounding_box()
        assert there is not None
        to_x = there["x"] + 30
    await page.mouse.move(x + 8, y + 8, steps=3)
    await page.mouse.move(to_x, y + hours * HOUR, steps=8)
    return x, y


async def top_of(page: Page, name: str) -> int:
    """How far down in its calendar a booking stands."""
    top: int = await slip(page, name).evaluate("one => one.offsetTop")
    return top


def says(page: Page) -> Locator:
    return page.locator(".says")


async def begins(screen: Screen, course: Course, clock: str) -> bool:
    """Whether the session is at this time, as a page says that was read anew."""
    await screen.open("scheduling", f"/sessions/{course.session}/reschedule")
    return f"{clock} –" in await screen.page.locator("main").inner_text()


async def test_over_a_taken_room_it_says_who_is_there_and_nothing_changes(
    screens: Screens, booked: Booked
) -> None:
    screen = await calendar(screens, booked, width=820)
    before = await top_of(screen.page, "Birch Late")
    await hold(screen.page, "Birch Late", hours=-3)
    await expect(says(screen.page)).to_contain_text("Birch Late: to 10:00")
    await expect(says(screen.page)).to_contain_text("This is in the way. Nothing is booked.")
    await expect(says(screen.page).locator(".clashes").first).to_contain_text("Aspen Early")
    await screen.page.mouse.up()
    await screen.page.wait_for_function(
        "y => document.querySelectorAll('.slip.ec-preview, .slip.ec-ghost').length === 0"
        " && [...document.querySelectorAll('.slip')].some("
        "one => one.textContent.includes('Birch') && one.offsetTop === y)",
        arg=before,
    )
    await expect(says(screen.page).get_by_role("button")).to_have_count(0)
    assert await begins(screen, booked.late, "13:00")


async def test_where_it_stands_already_there_is_nothing_to_ask(
    screens: Screens, booked: Booked
) -> None:
    """Only the place that it is held over now counts; what was asked of others is dropped."""
    screen = await calendar(screens, booked)
    asked: list[str] = []
    screen.page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    before = await top_of(screen.page, "Birch Late")
    was = await hold(screen.page, "Birch Late", hours=1)
    await expect(says(screen.page)).to_contain_text("Nothing is in the way.")
    assert [url for url in asked if url.endswith("/preview")]
    asked.clear()
    await screen.page.mouse.move(*was)
    await expect(says(screen.page)).to_have_text("")
    await screen.page.mouse.up()
    await screen.page.wait_for_function(
        "document.querySelectorAll('.slip.ec-preview, .slip.ec-ghost').length === 0"
    )
    assert await top_of(screen.page, "Birch Late") == before
    await expect(says(screen.page)).to_have_text("")
    assert asked == []


async def test_over_a_free_place_it_asks_and_then_it_is_moved(
    screens: Screens, booked: Booked
) -> None:
    screen = await calendar(screens, booked)
    await hold(screen.page, "Birch Late", hours=1)
    await expect(says(screen.page)).to_contain_text("Nothing is in the way.")
    await screen.page.mouse.up()
    await screen.page.get_by_role("button", name="Leave it").click()
    await expect(says(screen.page)).to_have_text("")
    await hold(screen.page, "Birch Late", hours=1)
    await expect(says(screen.page)).to_contain_text("Nothing is in the way.")
    await screen.page.mouse.up()
    move = screen.page.get_by_role("button", name="Move it")
    await expect(move).to_be_focused()
    await move.click()
    await expect(says(screen.page)).to_contain_text("It was moved")
    await expect(
        screen.page.locator("[data-calendar-table] .entry", has_text="Birch")
    ).to_have_text(re.compile("14:00"))
    assert await begins(screen, booked.late, "14:00")


async def test_of_two_who_move_to_one_place_one_is_told_who_was_first(
    screens: Screens, booked: Booked
) -> None:
    """The database refuses the second one, and both clients are named."""
    first, second = await calendar(screens, booked), await calendar(screens, booked)
    # That far is more than half a usual screen: held over its edge, the calendar would scroll.
    await second.page.set_viewport_size({"width": 1280, "height": 1500})
    await hold(first.page, "Birch Late", hours=2)
    await hold(second.page, "Aspen Early", hours=5.5)
    for one in (first, second):
        await expect(says(one.page)).to_contain_text("Nothing is in the way.")
        await one.page.mouse.up()
        await expect(one.page.get_by_role("button", name="Move it")).to_be_focused()
    await first.page.get_by_role("button", name="Move it").click()
    await expect(says(first.page)).to_contain_text("It was moved")
    await second.page.get_by_role("button", name="Move it").click()
    await expect(says(second.page)).to_contain_text("Aspen Early")
    await expect(says(second.page).locator(".clashes").first).to_contain_text("Birch Late")
    second.complaints.clear()  # the browser calls an answer of 409 an error
    assert await begins(second, booked.early, "10:00")


async def test_the_calendar_can_be_read_by_everybody_in_both_lights(
    screens: Screens, booked: Booked
) -> None:
    screen = await calendar(screens, booked, width=820)
    for _ in range(2):
        for path in (booked.path, booked.path.replace("room", "clinician"), "/?view=week"):
            await screen.open("scheduling", path)
            await expect(screen.page.locator(".drag .ec-main")).to_be_visible()
            await screen.assert_accessible()
        await screen.page.click("button[name=theme]")
        await screen.page.wait_for_load_state()


async def test_without_a_script_there_is_the_table_and_the_way_to_the_form(
    screens: Screens, booked: Booked
) -> None:
    plain = await screens(scripts=False)
    await plain.sign_in("scheduling", "front_desk")
    await plain.open("scheduling", booked.path)
    await expect(plain.page.locator(".drag")).to_be_hidden()
    await plain.page.locator("[data-calendar-table] .entry", has_text="Aspen").click()
    await plain.page.get_by_role("link", name="Reschedule or cancel").click()
    await expect(plain.page.get_by_role("button", name="See what is in the way")).to_be_visible()
