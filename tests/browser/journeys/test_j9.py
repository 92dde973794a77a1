"""J9 carried through by hand: vitals hold the dose, and a serious event ends the day elsewhere."""

import re

import pytest

from cli.journeys import j9
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys import passages
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_vitals_and_a_serious_adverse_event(care_for: CareFor) -> None:
    async with care_for("Dana Okafor") as care:
        await passages.until_arrived(care)
        await care.stage.at("09:45")
        await held(care)
        waiting = await j9.waiting(care.stage, care.course)
        await care.stage.at("10:00")
        await prescribing.measured(care, systolic=146, diastolic=92)
        await prescribing.accepted(care)
        await care.stage.at("10:05")
        await scheduling.assented(care)
        await scheduling.begun(care)
        await care.stage.settled()
        await prescribing.released(care)
        await care.stage.at("10:10")
        await prescribing.taken(care)
        await care.stage.at("10:50")
        await prescribing.looked_at(care, well=False)
        await prescribing.serious_event_recorded(care, "Chest pain")
        await care.stage.at("11:05")
        await scheduling.transferred(care)
        checked = [*waiting, *await j9.final(care.stage, care.course)]
        assert [one for one in checked if not one.holds] == []
        await lifted_by_two(care)


async def held(care: Care) -> None:
    """No dose by these readings, and the page says what to do."""
    nurse = await prescribing.measured(care, systolic=168, diastolic=104)
    await nurse.reads("No dose by these readings.")
    therapist = await scheduling.session_of(care, "therapist")
    await therapist.reads(re.compile("1 open holds?"))


async def lifted_by_two(care: Care) -> None:
    """One signature is not enough: what it leaves open still refuses a booking (INV-31)."""
    therapist = await prescribing.lifting_signed(care, "therapist")
    await therapist.reads("Still to sign: prescriber")
    desk = await scheduling.wanted(care, "Dosing", "09:30", days=8)
    await desk.is_refused("Book", because="An open hold stands in the way: book.")
    prescriber = await prescribing.lifting_signed(care, "prescriber")
    await prescriber.reads("Lifted")
