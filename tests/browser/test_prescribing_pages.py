"""Prescribing's pages in a real browser: a countdown that follows, and legible for everybody."""

import asyncio
import re
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from cli.clinic.reach import Reach
from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)

NAME = "Juniper Ashdown"


@dataclass(frozen=True)
class Dosed:
    """A client with a dose on board, just given."""

    course: str
    session: str
    prescription: str


@pytest.fixture(scope="module")
def dosed(clinic: StartedClinic) -> Dosed:
    return asyncio.run(_play(clinic.reach))


async def _play(clinic: Reach) -> Dosed:
    async with stage(clinic, lambda _line: None) as place:
        await place.at("08:30")
        course = await care.registered(place, NAME, "1990-04-02")
        await care.team(place, course)
        await care.screened(place, course)
        await care.evaluated(place, course)
        await care.consented(place, course)
        await booking.prepared(place, course)
        await care.prescribed(place, course)
        await booking.booked(place, course, days=1)
        await place.at("08:00", days=1)
        await day.started(place, course)
        await day.dosed(place, course)
        return Dosed(course.id, course.session, course.prescription)


async def test_the_earliest_clearance_counts_down_and_a_look_arrives_by_itself(
    screens: Screens, dosed: Dosed
) -> None:
    nurse, therapist = await screens(), await screens(width=820)
    await nurse.sign_in("prescribing", "nurse")
    await nurse.page.get_by_role("link", name="Observing").click()
    await expect(nurse.page.locator(".client .name")).to_have_text(NAME)
    counting = nurse.page.locator(".countdown")
    await expect(counting).to_have_text(re.compile(r"^0[12]:\d\d:\d\d$"))
    before = await counting.inner_text()
    await expect(counting).not_to_have_text(before)
    await expect(nurse.page.locator(".live-state")).to_have_text("Up to date")
    await therapist.sign_in("prescribing", "therapist")
    await therapist.open("prescribing", f"/sessions/{dosed.session}/recovery/look")
    for question in ("oriented", "steady_gait", "vitals_within_20pct", "nausea_minimal"):
        await therapist.page.check(f"input[name={question}][value=true]")
    await therapist.page.check("input[name=moaas][value='4']")
    await therapist.page.get_by_role("button", name="Sign the look").click()
    await therapist.page.wait_for_url(re.compile("/recovery$"))
    await expect(nurse.page.locator("section:has(#seen) tbody")).to_contain_text("Mara Lindqvist")


@pytest.mark.parametrize("light", ["light", "dim"])
async def test_everybody_can_read_it(screens: Screens, dosed: Dosed, light: str) -> None:
    """Every page, with a client on it and with none, at a tablet's width."""
    screen = await screens(width=820)
    await screen.sign_in("prescribing", "prescriber")
    if light == "dim":
        await screen.page.click("button[name=theme]")
    course, session = f"/courses/{dosed.course}", f"/sessions/{dosed.session}"
    await screen.open("prescribing", f"{course}/prescription")
    await screen.page.click("main button.first")
    await expect(screen.page.locator(".summary")).to_be_focused()
    await screen.assert_accessible()
    screen.complaints.clear()  # the browser calls an answer of 422 an error
    of_course = ("", "/assessment", "/prescription", "/holds")
    of_session = ("", "/check", "/dose", "/taken-dose", "/withholding", "/return", "/waste")
    of_recovery = ("/recovery", "/recovery/look", "/recovery/reversal", "/adverse-events")
    for path in (
        "/",
        "/?kind=assessments",
        "/holds",
        "/registrations",
        *(course + path for path in of_course),
        f"{course}/prescriptions/{dosed.prescription}",
        *(session + path for path in (*of_session, *of_recovery)),
    ):
        await screen.open("prescribing", path)
        await screen.assert_accessible()
