"""What people do on intake's pages."""

from tests.browser.journeys.care import Care
from tests.browser.journeys.person import Person


async def registered(care: Care, *, text_messages: bool = True) -> None:
    """The front desk opens a record."""
    desk = await (await care.the("front_desk")).at("intake")
    await desk.follows("New enquiry")
    await desk.writes(care.client, into="Name")
    await desk.writes("1988-04-12", into="Date of birth")
    await desk.writes("+13105550123", into="Telephone")
    await desk.writes("client@example.org", into="E-mail")
    if text_messages:
        await desk.ticks("text message")
    await desk.ticks("e-mail")
    await desk.ticks("telephone")
    await desk.presses("Open the record")
    care.course.id = desk.place()


async def course_of(care: Care, role: str) -> Person:
    """Somebody looks for the client by name."""
    person = await (await care.the(role)).at("intake")
    await person.follows(care.client)
    return person


async def team_named(care: Care) -> None:
    desk = await course_of(care, "front_desk")
    await desk.follows("Care team")
    await desk.chooses(care.named("therapist"), of="Therapist")
    await desk.chooses(care.named("prescriber"), of="Prescriber")
    await desk.presses("Save")


async def screened(care: Care, *findings: str) -> None:
    therapist = await course_of(care, "therapist")
    await therapist.follows("Screening")
    await therapist.ticks("Depression", of="Indications")
    for finding in findings:
        await therapist.ticks(finding, of="Found now or in the history")
    await therapist.presses("Hand in")


async def evaluated(care: Care) -> None:
    """The therapist finds the treatment suitable; the prescriber is asked by that."""
    therapist = await course_of(care, "therapist")
    await therapist.follows("Psychological evaluation")
    await therapist.ticks("Suitable")
    await therapist.writes("To sleep and to work again.", into="Goals")
    await therapist.presses(f"Sign as {care.named('therapist')}")


async def consented(care: Care) -> None:
    therapist = await course_of(care, "therapist")
    await therapist.reads("Approved")
    await therapist.follows("Consent")
    for scope in ("Treatment", "Aftercare agreement", "Information sharing"):
        await therapist.ticks(scope, of="The client agrees to")
    await therapist.presses("The client signs")
    await therapist.reads("Version 1, treatment, aftercare agreement, information sharing")
