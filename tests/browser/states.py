"""States that pages are rarely in, brought about so that somebody can look at them."""

from typing import Final
from uuid import uuid4

from cli.clinic.reach import Reach
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.stage import Stage, stage
from tests.browser.looking import Looker
from tests.support.started_clinic import StartedClinic

MORE_THAN_A_PAGE: Final = 51


async def nothing_and_much(desk: Looker, prescriber: Looker) -> None:
    """Worklists with nothing on them, and one with somebody on call for an urgent matter."""
    await desk.looks("intake", "/holds?status=lifted", shows=".empty")
    await prescriber.looks("prescribing", "/?kind=assessments", shows=".empty")
    await desk.looks("notifications", "/inbox?status=read", shows=".empty")
    await prescriber.looks("notifications", "/", shows=".card.critical")


async def running(place: Stage, course: care.Course, therapist: Looker, prescriber: Looker) -> None:
    """A session in each phase, and a look that is overdue."""
    screen = f"/sessions/{course.session}"
    await therapist.looks("scheduling", screen, shows=".stop button")
    await day.dosed(place, course)
    for phase in ("peak", "subsiding", "debrief"):
        await place.do("therapist", "scheduling", f"{screen}/phase", {"phase": phase})
        await therapist.looks("scheduling", screen, shows=".phases [aria-current]")
    await place.at("11:05")
    await therapist.looks("scheduling", "/board", shows=".late")
    await prescriber.looks("prescribing", f"{screen}/recovery", shows=".block.critical")


async def unproven(clinic: StartedClinic, course: care.Course, prescriber: Looker) -> None:
    """Intake is away: its part of the banner says so, and no medicine is released."""
    screen = f"/sessions/{course.session}"
    await prescriber.looks("prescribing", screen, shows=".client .chip.good")
    with clinic.silent("intake"):
        await prescriber.looks("prescribing", f"{screen}/check", shows=".client .since")
        await prescriber.is_refused("prescribing", screen, "Release the medicine", status=503)


async def held(place: Stage, course: care.Course, therapist: Looker, prescriber: Looker) -> None:
    """A hold that stops and one that pauses, and questions that nobody has answered."""
    for category in ("contraindication", "administrative"):
        await place.do("therapist", "intake", f"/courses/{course.id}/holds", {"category": category})
    await place.do(
        "front_desk", "intake", f"/courses/{course.id}/questions", {"text": "May I drive?"}
    )
    here = f"/courses/{course.id}"
    await therapist.looks("intake", here, shows=".block.warning")
    await therapist.looks("intake", f"{here}/holds", shows=".chip.critical")
    await therapist.looks("scheduling", here, shows=".block.critical")
    await prescriber.looks("prescribing", f"{here}/prescription", shows=".block.warning")


async def crowded(clinic: Reach, desk: Looker) -> None:
    """More enquiries than a page holds."""
    async with stage(clinic, lambda _line: None) as place:
        for number in range(MORE_THAN_A_PAGE):
            await place.send(
                "front_desk",
                "intake",
                "/clients",
                {"name": f"Someone {number:02}", "date_of_birth": "1990-01-01"},
            )
        await place.settled()
    await desk.looks("intake", "/", shows="a.button[href*=cursor]")


async def refused(course: care.Course, desk: Looker, prescriber: Looker) -> None:
    """What is not there, what was not filled in, and what the rules refuse."""
    await desk.is_lost("intake", f"/courses/{uuid4()}")
    await desk.is_refused("intake", "/clients/new", "Open the record", status=422)
    again = f"/sessions/{course.session}/dose"
    await prescriber.is_refused("prescribing", again, "Given by", status=409, amount_mg="100")
