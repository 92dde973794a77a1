"""J1: everything goes well."""

from cli.journeys import after_dose as after
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Inquiry to integration; the dose is at 10:00, the discharge at 12:45."""
    course = await passages.until_dosed(stage, "Avery Quill")
    await after.ended_and_home(stage, course)
    await passages.days_after(stage, course)
    return await final(stage, course)


async def final(stage: Stage, course: Course) -> list[Checked]:
    """What each service shows when the bus is idle."""
    checked = await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": []},
        prescribing={
            "prescription": "active",
            "left": 1,
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
            "summary": "reviewed",
            "incidents": [],
        },
        scheduling={
            "session": "discharged",
            "outcome": "completed",
            "left as": "standard",
            "room free at": "12:45",
        },
        notifications={
            "aftercare": "closed",
            "plan": "standard",
            "restricted until": "20:30",
            "check-ins": ["ok", "ok"],
        },
    )
    integration = await stage.see("therapist", "scheduling", f"/sessions/{course.integration}")
    return [*checked, *compared("scheduling", {"status": "completed"}, integration)]
