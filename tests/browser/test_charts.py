"""Charts in a real browser: drawn from the table's figures, and no loss without a script."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from cli.journeys import after_dose as after
from cli.journeys import course_of_care as care
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)

VITALS = {"systolic": 146, "diastolic": 91, "heart_rate": 87, "spo2": 96}
DRAWN = "[data-chart] .plot"


@pytest.fixture(scope="module")
def dosed(clinic: StartedClinic) -> Course:
    """A client with two forms of scores, a dose, and one look at their vital signs."""

    async def play() -> Course:
        async with stage(clinic.reach, lambda _line: None) as place:
            course = await passages.until_dosed(place, "Linden Marsh")
            await care.screened(place, course, phq9=14, gad7=11)
            await place.at("10:20")
            await after.recovery_check(place, course, vitals=VITALS)
            return course

    return asyncio.run(play())


async def painted(page: Page) -> int:
    """How many dots of the first panel are not empty."""
    count: int = await page.evaluate(
        """() => {
            const canvas = document.querySelector("[data-chart] canvas");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            let dots = 0;
            for (let i = 3; i < data.length; i += 4) if (data[i]) dots += 1;
            return dots;
        }"""
    )
    return count


async def test_a_chart_has_the_table_s_figures_and_the_next_look_arrives_in_it(
    screens: Screens, dosed: Course, clinic: StartedClinic
) -> None:
    nurse = await screens(width=820)
    await nurse.sign_in("prescribing", "nurse")
    await nurse.open("prescribing", f"/sessions/{dosed.session}/recovery")
    plot = nurse.page.locator(DRAWN)
    await expect(plot).to_have_attribute("data-drawn", "2")
    assert await painted(nurse.page) > 1000
    await expect(nurse.page.locator("section:has(#vitals) tbody tr")).to_have_count(3)
    await expect(nurse.page.locator(".live-state")).to_have_text("Up to date")
    async with stage(clinic.reach, lambda _line: None) as place:
        await place.at("10:40")
        await after.recovery_check(place, dosed, vitals={**VITALS, "systolic": 133})
    await expect(plot).to_have_attribute("data-drawn", "3")
    await expect(nurse.page.locator("section:has(#vitals) tbody")).to_contain_text("133")


@pytest.mark.parametrize("light", ["light", "dim"])
async def test_every_chart_can_be_read_in_both_lights(
    screens: Screens, dosed: Course, light: str
) -> None:
    for service, path in (
        ("prescribing", f"/courses/{dosed.id}"),
        ("prescribing", f"/sessions/{dosed.session}"),
        ("intake", f"/courses/{dosed.id}/scores"),
    ):
        screen = await screens(width=820)
        await screen.sign_in(service, "prescriber")
        if light == "dim":
            await screen.page.click("button[name=theme]")
        await screen.open(service, path)
        await expect(screen.page.locator(DRAWN).first).to_have_attribute(
            "data-drawn", re.compile(r"\d")
        )
        assert await painted(screen.page) > 500
        await screen.assert_accessible()


async def test_without_a_script_the_table_is_the_page(screens: Screens, dosed: Course) -> None:
    plain = await screens(scripts=False)
    await plain.sign_in("prescribing", "nurse")
    await plain.open("prescribing", f"/sessions/{dosed.session}/recovery")
    await expect(plain.page.locator("section:has(#vitals) tbody")).to_contain_text("146")
    await expect(plain.page.locator("[data-chart]")).to_be_hidden()
