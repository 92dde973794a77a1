"""Clearances that do not last: one runs out, one is taken back (ruling 16, INV-23)."""

from cli.journeys import after_dose as after
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage


async def runs_out(stage: Stage) -> list[Checked]:
    """Cleared at 12:35; the escort is late; cleared anew at 13:15."""
    course = await _until_cleared(stage, "Yusuf Lindqvist")
    first = course.clearance
    await stage.at("13:06", story="Half an hour is over and the escort is not here.")
    lapsed = await ends(
        stage,
        course,
        when="after half an hour",
        intake={"course": "active"},
        prescribing={"recovery": "ready", "clearance": "expired"},
        scheduling={"session": "recovering", "room free at": None},
        notifications={"aftercare": "restricted"},
    )
    await stage.at("13:10")
    await after.escort_arrived(stage, course)
    await _not_through_the_door(stage, course)
    await stage.at("13:15")
    await after.cleared(stage, course)
    return [*lapsed, _anew(course, first), *await _home_at(stage, course, "13:20")]


async def taken_back(stage: Stage) -> list[Checked]:
    """Cleared at 12:35, dizzy at 12:42, cleared anew at 13:10."""
    course = await _until_cleared(stage, "Beatriz Solheim")
    first = course.clearance
    await stage.at("12:40")
    await after.escort_arrived(stage, course)
    await stage.at("12:42")
    await stage.do("nurse", "prescribing", f"/clearances/{course.clearance}/rescission")
    stage.say("The client is dizzy again: the nurse takes the clearance back.")
    await _not_through_the_door(stage, course)
    worse = await ends(
        stage,
        course,
        when="after the rescission",
        intake={"course": "active"},
        prescribing={"recovery": "rescinded", "clearance": "rescinded"},
        scheduling={"session": "recovering", "room free at": None},
        notifications={"told of clearance_rescinded": "nurse, prescriber, therapist"},
    )
    await stage.at("13:10")
    await after.cleared(stage, course)
    return [*worse, _anew(course, first), *await _home_at(stage, course, "13:15")]


async def _until_cleared(stage: Stage, name: str) -> Course:
    course = await passages.until_dosed(stage, name)
    await after.on_track(stage, course)
    await stage.at("12:30")
    await after.ended(stage, course)
    await stage.at("12:35")
    await after.cleared(stage, course)
    return course


def _anew(course: Course, first: str) -> Checked:
    return Checked("prescribing", "a new clearance", True, course.clearance != first)


async def _not_through_the_door(stage: Stage, course: Course) -> None:
    await stage.refused(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/discharge",
        because="clearance-not-valid",
    )


async def _home_at(stage: Stage, course: Course, clock: str) -> list[Checked]:
    await after.instructed(stage, course)
    await stage.at(clock)
    await after.discharged(stage, course)
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": []},
        prescribing={
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
            "incidents": [],
        },
        scheduling={"session": "discharged", "left as": "standard", "room free at": clock},
        notifications={"aftercare": "restricted", "restricted until": "20:30"},
    )
