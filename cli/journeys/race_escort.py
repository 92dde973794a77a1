"""R4: the escort cancels (section 7.2)."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage


async def cancelled(stage: Stage, course: Course) -> None:
    await stage.do("front_desk", "scheduling", f"/escorts/{course.escort}/cancellation")
    stage.say("The escort calls: they cannot come.")


async def before_dose(stage: Stage) -> list[Checked]:
    """Nobody else is found within half an hour: no dose today."""
    course = await passages.until_the_day(stage, "Luca Bergstrom")
    await day.received(stage, course)
    await cancelled(stage, course)
    await stage.at("09:50")
    await day.assented(stage, course)
    await stage.refused(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/start",
        because="escort-not-confirmed",
    )
    searching = await ends(
        stage,
        course,
        when="while searching",
        intake={"holds": []},
        prescribing={"orders": ["checked(0)"]},
        scheduling={"session": "checked_in"},
        notifications={
            "task find_escort": "open",
            "told of escort_cancelled": "front_desk, prescriber, therapist",
        },
    )
    await stage.at(
        "10:15", story="Half an hour is over: the session is cancelled, to be booked anew."
    )
    return [*searching, *await not_today(stage, course)]


async def not_today(stage: Stage, course: Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 0, "holds": []},
        prescribing={
            "prescription": "active",
            "left": 2,
            "orders": ["closed(0)"],
            "recovery": "none",
        },
        scheduling={
            "session": "cancelled",
            "cancelled for": "logistics",
            "room free at": "10:15",
        },
        notifications={"aftercare": "none", "task find_escort": "withdrawn"},
    )


async def after_dose(stage: Stage) -> list[Checked]:
    """The client stays, also after the clearance, until another trusted adult is there."""
    course = await passages.until_dosed(stage, "Hana Kovacs")
    await after.on_track(stage, course)
    await stage.at("11:00")
    await cancelled(stage, course)
    await stage.at("12:30")
    await after.ended(stage, course)
    await stage.at("12:35")
    await after.cleared(stage, course)
    await stage.at("12:40")
    await stage.refused(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/discharge",
        because="escort-not-here",
    )
    alone = await cleared_and_alone(stage, course)
    await booking.escorted(stage, course, "Sol Whitaker")
    await stage.at("12:55")
    await after.escort_arrived(stage, course)
    await after.instructed(stage, course)
    await stage.at("13:00")
    await after.discharged(stage, course)
    return [*alone, *await accompanied(stage, course)]


async def cleared_and_alone(stage: Stage, course: Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        when="without an escort",
        intake={"course": "active", "holds": []},
        prescribing={"recovery": "cleared", "clearance": "in_force"},
        scheduling={"session": "clearable", "room free at": None},
        notifications={"task find_escort": "open"},
    )


async def accompanied(stage: Stage, course: Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": []},
        prescribing={
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
        },
        scheduling={"session": "discharged", "left as": "standard", "room free at": "13:00"},
        notifications={
            "aftercare": "restricted",
            "restricted until": "20:30",
            "task find_escort": "withdrawn",
        },
    )
