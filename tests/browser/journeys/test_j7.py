"""J7 carried through by hand: the prescription is revoked with the client in the room."""

import pytest

from cli.journeys import j7
from tests.browser.journeys import at_notifications as notifications
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys import passages
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_revoked_while_the_client_is_in_the_room(care_for: CareFor) -> None:
    async with care_for("Imani Brandt") as care:
        await passages.until_begun(care)
        therapist = await scheduling.session_of(care, "therapist")
        await care.stage.at("09:53")
        await prescribing.released(care)
        nurse = await prescribing.dose_of(care, "nurse")
        await nurse.follows("Give dose 1")
        await care.stage.at("09:55")
        await prescribing.revoked(care)
        await nurse.writes("200", into="Amount given, mg")
        await nurse.is_refused(
            f"Given by {care.named('nurse')}", because="There is no active prescription"
        )
        await therapist.reads("Aborted")
        await therapist.is_not_offered("Stop")
        await prescribing.given_back(care)
        await therapist.reads("Closed")
        await over(care)


async def over(care: Care) -> None:
    """Both are told, no aftercare begins, and the client may stay for a talk."""
    order = await care.stage.only(
        "prescriber", "prescribing", "/dose-orders", session_id=care.course.session
    )
    care.course.order = order["id"]
    checked = await j7.final(care.stage, care.course)
    assert [one for one in checked if not one.holds] == []
    for role in ("therapist", "prescriber"):
        await notifications.told(care, role, "Prescription revoked", "Hold placed")
    on_call = await (await care.the("on_call")).at("notifications")
    await on_call.goes("Aftercare")
    await on_call.does_not_read(care.client)
    desk = await scheduling.booked(care, "Integration", "10:30")
    await desk.reads("Scheduled")
