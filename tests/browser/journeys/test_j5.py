"""J5 carried through by hand: the client ends the session, and the observation goes on."""

import pytest

from cli.journeys import j5
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys import passages
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_the_client_ends_the_session(care_for: CareFor) -> None:
    async with care_for("Noor Castellan") as care:
        await passages.until_dosed(care)
        await care.stage.at("10:25")
        await stopped(care)
        midway = await j5.after_the_stop(care.stage, care.course)
        await care.stage.at("11:30")
        await prescribing.clearing_refused(care, because="The client must be observed until")
        await care.stage.at("12:10")
        await prescribing.cleared(care)
        await care.stage.at("12:15")
        await scheduling.escort_came(care)
        await care.stage.at("12:20")
        await scheduling.discharged(care)
        checked = [*midway, *await j5.final(care.stage, care.course)]
        assert [one for one in checked if not one.holds] == []
        await goes_on(care)


async def stopped(care: Care) -> None:
    """One step on the session screen; the nurse's page offers no further dose by itself."""
    nurse = await prescribing.dose_of(care, "nurse")
    therapist = await scheduling.session_of(care, "therapist")
    await therapist.presses("Stop")
    await therapist.reads("The client stays and is observed.")
    await therapist.is_not_offered("Stop")
    await nurse.reads("closed")
    await nurse.is_not_offered("Give dose 2")


async def goes_on(care: Care) -> None:
    """Whoever stopped may come again: nothing stands against the next sessions."""
    await scheduling.booked(care, "Integration", "16:00", days=3)
    desk = await scheduling.booked(care, "Dosing", "14:30", days=8)
    await desk.reads("Scheduled")
