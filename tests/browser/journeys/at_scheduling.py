"""What people do on scheduling's pages."""

from tests.browser.journeys.care import Care
from tests.browser.journeys.person import Person

COVERED = (
    "Rapport built",
    "History gathered",
    "Suitability reassessed",
    "Intentions set",
    "Coping strategies taught",
    "Differences reviewed",
)


async def booked(care: Care, kind: str, clock: str, *, days: int = 0) -> Person:
    """The front desk books a session; ends on its page."""
    desk = await wanted(care, kind, clock, days=days)
    await desk.presses("Book")
    return desk


async def wanted(
    care: Care,
    kind: str,
    clock: str,
    *,
    days: int = 0,
    by: str = "front_desk",
    therapist: str | None = None,
) -> Person:
    """What somebody fills in to book a session."""
    desk = await (await care.the(by)).at("scheduling")
    await desk.goes("Book")
    await desk.chooses(care.client, of="Client")
    await desk.chooses(kind, of="Kind")
    await desk.writes(care.on(clock, days=days), into="Begins")
    if kind == "Dosing":
        await desk.chooses("Alder", of="Room")
        await desk.chooses(care.named("prescriber"), of="Supervised by")
    else:
        if therapist is not None:
            await desk.chooses(therapist, of="Therapist")
        await desk.writes("60", into="Minutes")
        await desk.chooses("Library", of="Room")
    return desk


async def session_of(care: Care, role: str) -> Person:
    """The client's session of today, from the calendar."""
    person = await (await care.the(role)).at("scheduling")
    await person.unfolds("The same as a list")
    await person.follows(care.client)
    return person


async def talked(care: Care, kind: str, start: str, end: str) -> str:
    """A session without medicine, from its booking to its end, on the day it is."""
    desk = await booked(care, kind, start)
    session = desk.place()
    await care.stage.at(start)
    desk = await session_of(care, "front_desk")
    await desk.presses("The client is here")
    therapist = await session_of(care, "therapist")
    await therapist.presses("Start the session")
    await care.stage.at(end)
    therapist = await session_of(care, "therapist")
    await therapist.presses("End the session")
    return session


async def prepared(care: Care) -> None:
    """Two preparation sessions on two days, and the therapist's signature under them."""
    for _ in range(2):
        await care.stage.at("08:00", days=1)
        await talked(care, "Preparation", "10:00", "10:50")
    therapist = await care.the("therapist")
    await therapist.follows("Course and preparation")
    for item in COVERED:
        await therapist.ticks(item)
    await therapist.presses(f"Sign as {care.named('therapist')}")
    await therapist.reads("Completed")


async def dosing_booked(care: Care, *, days: int, clock: str = "09:30") -> None:
    """The dosing session, and the person who takes the client home."""
    desk = await booked(care, "Dosing", clock, days=days)
    care.course.session = desk.place()
    await desk.follows("Name an escort")
    await desk.writes("Robin Vale", into="Name")
    await desk.writes("+13105550145", into="Telephone")
    await desk.writes("sibling", into="Is the client's")
    await desk.presses("The escort is confirmed")


async def arrived(care: Care) -> None:
    desk = await session_of(care, "front_desk")
    await desk.presses("The client is here")


async def assented(care: Care) -> None:
    therapist = await session_of(care, "therapist")
    await therapist.presses("Explained today, and the client says yes")


async def begun(care: Care) -> None:
    therapist = await session_of(care, "therapist")
    await therapist.presses("Start the session")
    await therapist.reads("In progress")


async def ended(care: Care) -> None:
    therapist = await session_of(care, "therapist")
    await therapist.presses("End the therapy part")


async def escort_came(care: Care) -> None:
    desk = await session_of(care, "front_desk")
    await desk.presses("Here, and is who was named")


async def discharged(care: Care) -> None:
    desk = await session_of(care, "front_desk")
    await desk.presses("Discharge: the client goes home")
    await desk.reads("went home")


async def transferred(care: Care) -> None:
    """Into another team's care."""
    therapist = await session_of(care, "therapist")
    await therapist.follows("Leaves against advice, or transferred")
    await therapist.presses("The client was transferred")


async def summarised(care: Care) -> None:
    therapist = await session_of(care, "therapist")
    await therapist.follows("Summary")
    await therapist.writes("Calm throughout; spoke a little towards the end.", into="Summary")
    await therapist.presses(f"Sign as {care.named('therapist')}")
