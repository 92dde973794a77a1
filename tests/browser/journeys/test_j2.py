"""J2 carried through by hand: the screening declines, and nobody is left without a word."""

import pytest

from cli.journeys import j2
from tests.browser.journeys import at_intake as intake
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real, pytest.mark.timeout(900)]


async def test_declined_respectfully(care_for: CareFor) -> None:
    async with care_for("Sasha Orlow") as care:
        await care.stage.at("09:00")
        await intake.registered(care, text_messages=False)
        await intake.team_named(care)
        await care.stage.at("08:00", days=1)
        await scheduling.talked(care, "Consultation", "10:00", "10:30")
        await care.stage.at("11:00")
        await intake.screened(care, "Bipolar disorder", "Mania, now")
        await declined(care)
        course = await care.stage.see("therapist", "intake", f"/courses/{care.course.id}")
        care.course.client = course["client_id"]
        checked = await j2.final(care.stage, care.course)
        assert [one for one in checked if not one.holds] == []
        await called(care)


async def declined(care: Care) -> None:
    """Everybody finds it where they work, and nothing goes on from there."""
    therapist = await intake.course_of(care, "therapist")
    await therapist.reads("Declined")
    await therapist.is_not_offered("Psychological evaluation")
    await therapist.follows("Screening")
    await therapist.reads("Mania, now: absolute")
    prescriber = await (await care.the("prescriber")).at("prescribing")
    await prescriber.does_not_read(care.client)
    desk = await (await care.the("front_desk")).at("scheduling")
    await desk.goes("Book")
    await desk.does_not_read(care.client)


async def called(care: Care) -> None:
    """One notice by e-mail, no text message, and a call that the therapist makes."""
    on_call = await (await care.the("on_call")).at("notifications")
    await on_call.goes("Messages")
    await on_call.finds(care.client, "Declined", "e-mail")
    desk = await (await care.the("front_desk")).at("notifications")
    await desk.goes("Tasks")
    await desk.finds(care.client, "Call declined client", "Therapist")
    await desk.is_not_offered("Done")
    therapist = await (await care.the("therapist")).at("notifications")
    await therapist.goes("Tasks")
    await therapist.presses("Done", beside=care.client)
    await therapist.does_not_read(care.client)
