"""Two people at two screens at once: one of the allowed ends, and both screens tell it."""

import asyncio
import re
from contextlib import suppress
from typing import Final

import pytest

from cli.journeys import dosing_day as day
from cli.journeys import passages as played
from tests.browser.journeys import at_intake as intake
from tests.browser.journeys import at_prescribing as prescribing
from tests.browser.journeys import at_scheduling as scheduling
from tests.browser.journeys.care import Care
from tests.browser.journeys.conftest import CareFor

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

BOOKED: Final = re.compile("/sessions/[0-9a-f-]{36}$")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("first", "ends"), [("start", "Closed"), ("revocation", "Cancelled"), ("both", "")]
)
async def test_a_start_and_a_revocation(care_for: CareFor, first: str, ends: str) -> None:
    """Whoever is first: no dose can follow, and nobody is told otherwise (7.2)."""
    ended = await started_and_revoked(care_for, first)
    assert ended == ends or (first == "both" and ended in ("Closed", "Cancelled"))


async def started_and_revoked(care_for: CareFor, first: str) -> str:
    """How the session ended, as the therapist reads it; the prescriber reads that it is over."""
    async with care_for(f"Sol Marchetti {first}") as care:
        care.course = await played.until_the_day(care.stage, care.client)
        await day.received(care.stage, care.course)
        await day.assented(care.stage, care.course)
        therapist = await scheduling.session_of(care, "therapist")
        prescriber = await prescribing.medicine_of(care, "prescriber")
        await prescriber.follows("Amend or revoke")

        async def start() -> None:
            """The screen may have taken the button away by itself: then nobody presses it."""
            with suppress(TimeoutError):
                await asyncio.wait_for(therapist.tries("Start the session"), 5)

        async def revoke() -> None:
            await prescriber.presses("Revoke the prescription")

        if first == "both":
            await asyncio.gather(start(), revoke())
        else:
            for step in (start, revoke) if first == "start" else (revoke, start):
                await step()
        await therapist.reads(re.compile("Cancelled|Closed"))
        await therapist.is_not_offered("Stop")
        await prescriber.reads("revoked", beside="200 mg")
        nurse = await prescribing.medicine_of(care, "nurse")
        await nurse.reads(re.compile("closed"), beside="Doses and sessions")
        await nurse.is_not_offered("Release the medicine")
        shown = await therapist.main.inner_text()
        return "Cancelled" if "Cancelled" in shown else "Closed"


async def test_two_people_book_one_room(care_for: CareFor) -> None:
    """One of them gets it, whoever it is, and the other reads who has it."""
    async with care_for("Quinn Abara") as one, care_for("Lior Sands") as other:
        await intake.registered(one)
        await intake.registered(other)
        await one.stage.settled()
        for clock in ("11:00", "13:00", "15:00"):
            await wanted_by_both(one, other, clock)


async def wanted_by_both(one: Care, other: Care, clock: str) -> None:
    """The same room at the same time, for two clients, with two therapists."""
    mara, tomas = (one.named("therapist", which) for which in (0, 1))
    desk = await scheduling.wanted(one, "Consultation", clock, therapist=mara)
    therapist = await scheduling.wanted(
        other, "Consultation", clock, by="therapist", therapist=tomas
    )
    await asyncio.gather(desk.tries("Book"), therapist.tries("Book"))
    got = [BOOKED.search(each.page.url) is not None for each in (desk, therapist)]
    assert sorted(got) == [False, True]
    winner, loser, page = (one, other, therapist) if got[0] else (other, one, desk)
    await page.reads(f"Room taken: {winner.client}, {clock}")
    chosen = page.main.get_by_label("Client").locator("option:checked")
    assert await chosen.inner_text() == loser.client


async def test_two_people_sign_one_review(care_for: CareFor) -> None:
    """A form that both had open is signed once; the second reads that it was, and by whom."""
    async with care_for("Wren Talaat") as care:
        await intake.registered(care)
        await intake.team_named(care)
        await intake.screened(care)
        await intake.evaluated(care)
        await care.stage.settled()
        first, second = await care.the("prescriber"), await care.another("prescriber")
        for each in (first, second):
            await prescribing.assessment_filled_in(care, each)
        sign = f"Sign as {care.named('prescriber')}"
        await asyncio.gather(first.tries(sign), second.tries(sign))
        refused = [each for each in (first, second) if await each.was_refused()]
        assert len(refused) == 1
        await refused[0].reads("This assessment is not open any more.")


async def test_a_screen_that_was_left_open_decides_nothing(care_for: CareFor) -> None:
    """Without scripts a page does not follow; what it still offers is refused, with the reason."""
    async with care_for("Ira Valdez", scripts=False) as care:
        await care.stage.at("16:30")
        await intake.registered(care)
        await intake.team_named(care)
        await care.stage.settled()
        await scheduling.booked(care, "Consultation", "17:00")
        old = await scheduling.session_of(care, "therapist")
        desk = await scheduling.session_of(care, "front_desk")
        await desk.follows("Reschedule or cancel")
        await desk.presses("Cancel the session")
        await old.is_refused("The client is here", because="Cancelled")
        await old.is_not_offered("The client is here")
