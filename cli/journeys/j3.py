"""J3: a bipolar client who is not manic is treated, with a review; another is worse on the day."""

from cli.journeys import after_dose as after
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys import j1, passages
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """A flag for the prescriber, a mood re-screen on the day, and then as J1."""
    course = await passages.until_booked(stage, "Rowan Achebe", "bipolar_dx")
    flagged = await review_flag(stage, course)
    await stage.at("09:30", days=4)
    await day.started(stage, course)
    stage.say("The mood re-screen of the day was good.")
    await day.dosed(stage, course)
    await after.ended_and_home(stage, course)
    await passages.days_after(stage, course)
    return [*flagged, *await j1.final(stage, course)]


async def worse_on_the_day(stage: Stage) -> list[Checked]:
    """The mood re-screen at 09:40 is high: no dose today, and no restrictions either."""
    course = await passages.until_the_day(stage, "Ellis Marchetti", "bipolar_dx")
    await day.arrived(stage, course)
    await stage.at("09:40")
    await day.measured(stage, course, mood_rescreen="high")
    stage.say("The mood re-screen is high: prescribing holds the course, everybody lets go.")
    return await stays_undosed(stage, course)


async def stays_undosed(stage: Stage, course: care.Course) -> list[Checked]:
    """The hold is open, the order let go, the session called off, and nobody is restricted."""
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 0, "holds": ["suicidality"]},
        prescribing={
            "prescription": "active",
            "left": 2,
            "orders": ["closed(0)"],
            "order ended by": "hold",
            "recovery": "none",
            "clearance": "none",
        },
        scheduling={
            "session": "cancelled",
            "cancelled for": "suicidality",
            "room free at": "09:40",
            "doses seen": 0,
        },
        notifications={
            "aftercare": "none",
            "restricted until": "none",
            "told of hold_placed": "prescriber, therapist",
        },
    )


async def review_flag(stage: Stage, course: care.Course) -> list[Checked]:
    """The diagnosis is a flag for the prescriber, and no hold (C-06)."""
    assessment = await stage.see("prescriber", "prescribing", f"/assessments/{course.request}")
    return compared("prescribing", {"review_flags": 1, "outcome": "cleared"}, assessment)
