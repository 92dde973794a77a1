"""What is printed: the record and nothing around it, by whom, when, in which zone, page n of m."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from cli.journeys import after_dose as after
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)

POINTS = {"A4": (595, 842), "Letter": (612, 792)}
MARGINS = """() => [...document.adoptedStyleSheets]
    .flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join(" ")"""


@pytest.fixture(scope="module")
def home(clinic: StartedClinic) -> Course:
    """A client at home after a dose."""

    async def play() -> Course:
        async with stage(clinic.reach, lambda _line: None) as place:
            course = await passages.until_dosed(place, "Sorrel Finch")
            await after.ended_and_home(place, course)
            plan = await place.only(
                "front_desk", "notifications", "/aftercare", session_id=course.session
            )
            course.integration = plan["id"]
            return course

    return asyncio.run(play())


def leaves(course: Course) -> dict[tuple[str, str], str]:
    """What is printed, and a word that has to be on it."""
    return {
        ("scheduling", f"/sessions/{course.session}"): "The way so far",
        ("prescribing", f"/courses/{course.id}"): "Dose history",
        ("scheduling", "/?by=room"): "Therapist",
        ("scheduling", "/readiness"): "Readiness for",
        ("notifications", f"/aftercare/{course.integration}/sheet"): "please do not drive",
    }


async def test_each_leaf_has_its_record_and_says_who_printed_it_and_when(
    screens: Screens, home: Course
) -> None:
    for (service, path), said in leaves(home).items():
        screen = await screens(width=820)
        page = screen.page
        await screen.sign_in(service, "prescriber")
        await page.click("button[name=theme]")
        await screen.open(service, path)
        await page.wait_for_function("document.documentElement.dataset.margins === 'yes'")
        rules = await page.evaluate(MARGINS)
        assert re.search(r"Printed by Dr\. Ines Kowalczyk, .*\(America/Los_Angeles\)", rules), rules
        assert 'counter(page) " of " counter(pages)' in rules
        await page.emulate_media(media="print")
        text = await page.locator("main").inner_text()
        assert said in text, path
        for hidden in (".top", ".side", ".foot", "main form", ".deeds", ".drag"):
            for one in await page.locator(hidden).all():
                await expect(one).to_be_hidden()
        paper = await page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert paper == "light"


async def test_both_papers_are_filled_from_their_own_first_page(
    screens: Screens, home: Course
) -> None:
    screen = await screens()
    await screen.sign_in("prescribing", "prescriber")
    await screen.open("prescribing", f"/sessions/{home.session}/recovery")
    plot = screen.page.locator("[data-chart] .plot")
    await expect(plot).to_have_attribute("data-drawn", re.compile(r"\d"))
    for name, (width, height) in POINTS.items():
        leaf = await screen.page.pdf(format=name)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", leaf)
        assert 1 <= len(boxes) <= 4, name
        for box in boxes:
            assert abs(float(box[0]) - width) < 2
            assert abs(float(box[1]) - height) < 2
    await expect(screen.page.locator(".top")).to_be_visible()
