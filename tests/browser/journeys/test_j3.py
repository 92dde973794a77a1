"""J3 carried through by hand: bipolar and well on the day, and bipolar and worse on the day."""

import pytest

from cli.journeys import j1, j3
from tests.browser.journeys import at_intake as intake
from tests.browser.journeys import at_notifications as notifications
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys import passages
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_well_on_the_day(care_for: CareFor) -> None:
    """All of J1 again, so this is the one that is carried through without scripts."""
    async with care_for("Rowan Achebe", scripts=False) as care:
        await passages.until_dosed(care, "Bipolar disorder")
        await reviewed(care)
        await passages.ended_and_home(care)
        await passages.days_after(care)
        checked = await j1.final(care.stage, care.course)
        assert [one for one in checked if not one.holds] == []


async def reviewed(care: Care) -> None:
    """The diagnosis is a flag that the prescriber answered, and no hold (C-06)."""
    prescriber = await prescribing.medicine_of(care, "prescriber")
    await prescriber.reads("no open hold")
    await prescriber.follows("Assessment")
    await prescriber.reads("Findings of the screening that need your words: 1")
    await prescriber.reads("cleared")


async def test_worse_on_the_day(care_for: CareFor) -> None:
    async with care_for("Ellis Marchetti") as care:
        await passages.until_arrived(care, "Bipolar disorder")
        therapist = await scheduling.session_of(care, "therapist")
        await care.stage.at("09:40")
        nurse = await prescribing.measured(care, mood="concern")
        await nurse.is_not_offered("Give dose 1")
        await therapist.reads("Cancelled")
        await therapist.is_not_offered("Start the session")
        checked = await j3.stays_undosed(care.stage, care.course)
        assert [one for one in checked if not one.holds] == []
        await held(care)


async def held(care: Care) -> None:
    """Both who answer for the client are told, and find the hold and what lifts it."""
    for role in ("therapist", "prescriber"):
        await notifications.told(care, role, "Hold placed")
    therapist = await intake.course_of(care, "therapist")
    await therapist.reads("Suicidality: blocks")
    prescriber = await prescribing.medicine_of(care, "prescriber")
    await prescriber.reads("2 (0 used, 0 reserved, 2 free)")
    await prescriber.follows("Holds")
    await prescriber.reads("Still to sign: prescriber, therapist")
    desk = await (await care.the("on_call")).at("notifications")
    await desk.goes("Aftercare")
    await desk.does_not_read(care.client)
