"""What people do on prescribing's pages."""

import re
from typing import Final

from tests.browser.journeys.care import Care
from tests.browser.journeys.person import Person

RECOVERING: Final = re.compile("^(Observing|Assessing|Not ready|Ready|Cleared|Escalated)$")


async def assessed(care: Care) -> None:
    """The prescriber finds the question in the inbox, and clears the client."""
    prescriber = await care.the("prescriber")
    await assessment_filled_in(care, prescriber)
    await prescriber.presses(f"Sign as {care.named('prescriber')}")


async def assessment_filled_in(care: Care, prescriber: Person) -> None:
    """What a prescriber answers before signing."""
    await prescriber.at("prescribing")
    await prescriber.follows("Assessment asked for", beside=care.client)
    await prescriber.ticks("Cleared", of="May this client be treated?")
    await prescriber.ticks("The client was asked and knows of none")
    await prescriber.writes("The benefit outweighs the risk.", into="Notes")


async def prescribed(care: Care, *, sessions: int = 2) -> None:
    prescriber = await medicine_of(care, "prescriber")
    await prescriber.follows("New prescription")
    await prescriber.chooses("SL", of="Route")
    await prescriber.chooses("SL-STD (SL)", of="Timing profile")
    await prescriber.writes("200", into="Amount per session, mg")
    await prescriber.writes(str(sessions), into="Sessions authorised")
    await prescriber.writes(care.on("08:00"), into="Monitoring programme (PDMP) looked up at")
    await prescriber.presses(f"Write the draft as {care.named('prescriber')}")
    await prescriber.presses("Activate")
    await prescriber.reads("active", beside="200 mg")
    await prescriber.follows("Amend or revoke")
    care.course.prescription = prescriber.place()


async def medicine_of(care: Care, role: str) -> Person:
    """From intake's record of the client to what prescribing has of them."""
    person = await (await care.the(role)).at("prescribing")
    await person.at("intake")
    await person.follows(care.client)
    await person.follows("Medicine")
    return person


async def dose_of(care: Care, role: str) -> Person:
    """The client's dose of today, from the start page."""
    person = await (await care.the(role)).at("prescribing")
    await person.goes("Doses")
    await person.follows(care.client)
    return person


async def measured(
    care: Care, *, systolic: int = 122, diastolic: int = 78, mood: str = "no concern"
) -> Person:
    """The nurse's pre-dose check."""
    nurse = await dose_of(care, "nurse")
    await nurse.follows("Pre-dose check")
    await nurse.writes(str(systolic), into="Systolic, mmHg")
    await nurse.writes(str(diastolic), into="Diastolic, mmHg")
    await nurse.writes("68", into="Heart rate, per minute")
    await nurse.writes("98", into="Oxygen saturation, %")
    await nurse.ticks("yes", of="Has the client fasted as asked?")
    await nurse.ticks("yes", of="Does the client attest that there is no pregnancy?")
    await nurse.ticks("Negative", of="Pregnancy test")
    await nurse.ticks("no", of="Has the client's medication changed?")
    await nurse.ticks(mood, of="Mood today")
    await nurse.presses(f"Sign the check as {care.named('nurse')}")
    return nurse


async def accepted(care: Care) -> None:
    """The prescriber finds the review in the inbox, and decides."""
    prescriber = await (await care.the("prescriber")).at("prescribing")
    await prescriber.follows("Check to decide", beside=care.client)
    await prescriber.writes(
        "Settled after rest; the benefit outweighs it.",
        into="Why the dose may be given all the same",
    )
    await prescriber.presses(f"Accept as {care.named('prescriber')}")


async def revoked(care: Care) -> None:
    """The prescriber takes the prescription back, for a medical reason."""
    prescriber = await medicine_of(care, "prescriber")
    await prescriber.follows("Amend or revoke")
    await prescriber.ticks("Medical", of="Cause")
    await prescriber.presses("Revoke the prescription")
    await prescriber.reads("revoked", beside="200 mg")


async def given_back(care: Care) -> None:
    """The nurse gives back what was not taken; the prescriber watches."""
    nurse = await dose_of(care, "nurse")
    await nurse.follows("Return")
    await nurse.reads("Not accounted for: 200 mg")
    await nurse.chooses(care.named("prescriber"), of="Witness")
    await nurse.presses(f"Return it as {care.named('nurse')}")
    await nurse.reads("Not accounted for: 0 mg")


async def released(care: Care) -> None:
    prescriber = await dose_of(care, "prescriber")
    await prescriber.presses("Release the medicine")


async def taken(care: Care) -> None:
    nurse = await dose_of(care, "nurse")
    await nurse.follows("Give dose 1")
    await nurse.writes("200", into="Amount given, mg")
    await nurse.presses(f"Given by {care.named('nurse')}")


async def looked_at(care: Care, *, well: bool = True) -> Person:
    """A look at the client in recovery; one who is not well needs help."""
    nurse = await (await care.the("nurse")).at("prescribing")
    await nurse.follows(RECOVERING, beside=care.client)
    await nurse.follows("Look at the client")
    answer = "yes" if well else "no"
    await nurse.ticks(answer, of="Knows who, where and when?")
    await nurse.ticks("yes", of="Walks steadily?")
    await nurse.ticks(answer, of="Vital signs within 20 % of before?")
    await nurse.ticks("yes", of="Hardly any nausea?")
    await nurse.ticks("5", of="Alertness (MOAA/S)")
    for question in ("Vital signs", "Activity", "Nausea", "Pain"):
        await nurse.ticks("2" if well else "1", of=question)
    if well:
        await nurse.presses(f"Sign the look as {care.named('nurse')}")
    else:
        await nurse.presses("Sign and call for help")
    return nurse


async def recovery_of(care: Care, role: str) -> Person:
    person = await (await care.the(role)).at("prescribing")
    await person.follows(RECOVERING, beside=care.client)
    return person


async def cleared(care: Care) -> None:
    """A fresh look, and the clearance."""
    await looked_at(care)
    prescriber = await recovery_of(care, "prescriber")
    await prescriber.presses(f"Clear to leave as {care.named('prescriber')}")


async def clearing_refused(care: Care, *, because: str) -> None:
    """A fresh look, and the rules do not let the prescriber clear."""
    await looked_at(care)
    prescriber = await recovery_of(care, "prescriber")
    await prescriber.is_refused(f"Clear to leave as {care.named('prescriber')}", because=because)


async def serious_event_recorded(care: Care, what: str) -> None:
    """From the page of the client's recovery."""
    nurse = await recovery_of(care, "nurse")
    await nurse.follows("Adverse events")
    await nurse.chooses(what, of="What happened")
    await nurse.ticks("It is serious: the course is held, and a report is owed")
    await nurse.presses(f"Record it as {care.named('nurse')}")


async def lifting_signed(care: Care, role: str) -> Person:
    """One of those who have to sign that a hold may go."""
    person = await (await care.the(role)).at("prescribing")
    await person.goes("Holds")
    await person.follows(care.client)
    await person.presses(f"Sign the lifting as {care.named(role)}")
    return person


async def summary_read(care: Care) -> None:
    """The prescriber finds the summary in the inbox, reads it in scheduling, and says so."""
    prescriber = await (await care.the("prescriber")).at("prescribing")
    await prescriber.follows("Summary to review", beside=care.client)
    await prescriber.presses("Read: go on")
