"""A dose comes to light after the session was closed without one (ruling 12, INV-25).

It is judged as of when it was taken: before the client's stop no rule was broken, after it one was.
"""

from cli.journeys import after_dose as after
from cli.journeys import dosing_day as day
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage


async def before_the_stop(stage: Stage) -> list[Checked]:
    """Stopped at 10:03, and taken at 10:01: every rule held then, and nobody has to lift a hold."""
    course = await _called_back(stage, "Wren Halloran", stopped="10:03")
    return await _home(stage, course, holds=[])


async def after_the_stop(stage: Stage) -> list[Checked]:
    """Stopped at 10:00, and taken at 10:01: a broken rule, which both roles have to look into."""
    course = await _called_back(stage, "Linnea Okoro", stopped="10:00")
    return await _home(stage, course, holds=["adverse_event"])


async def _called_back(stage: Stage, name: str, *, stopped: str) -> tuple[Course, list[Checked]]:
    """Closed as undosed; at 10:20 the client says that it was taken."""
    course = await passages.until_started(stage, name)
    await stage.at("09:58")
    await day.released(stage, course)
    await stage.at(stopped)
    await after.stopped(stage, course)
    await day.returned(stage, course)
    stage.say("The client stops before the dose; what was released is given back.")
    undosed = await believed_undosed(stage, course)
    await stage.at("10:20")
    await stage.do(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/taken-doses",
        {
            "administered_at": stage.moment("10:01"),
            "witness_ref": stage.ref("prescriber"),
            "reason_code": "recorded_late",
            "amount_mg": 200,
        },
    )
    stage.say("The lozenge was taken at 10:01 after all: everybody is called back to the client.")
    return course, undosed


async def _home(
    stage: Stage, called_back: tuple[Course, list[Checked]], *, holds: list[str]
) -> list[Checked]:
    course, undosed = called_back
    reopened = await observed(stage, course, holds)
    await after.on_track(stage, course)
    await stage.at("12:30")
    await after.ended(stage, course)
    await after.home(stage, course)
    return [*undosed, *reopened, *await final(stage, course, holds)]


async def believed_undosed(stage: Stage, course: Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        when="before it was known",
        intake={"course": "active", "dosed": 0, "holds": []},
        prescribing={"orders": ["closed(0)"], "left": 2, "recovery": "none"},
        scheduling={"session": "closed", "outcome": "aborted_before_dose"},
        notifications={"aftercare": "none"},
    )


async def observed(stage: Stage, course: Course, holds: list[str]) -> list[Checked]:
    return await ends(
        stage,
        course,
        when="once it is known",
        intake={"holds": holds},
        prescribing={
            "left": 1,
            "recovery": "observing",
            "incidents": ["dose_after_aborted_end", *(["dose_rule_broken"] if holds else [])],
        },
        scheduling={
            "session": "dosed",
            "outcome": "none",
            "room free at": None,
            "incidents": ["dose_after_aborted_end"],
        },
        notifications={"aftercare": "armed", "end known": False},
    )


async def final(stage: Stage, course: Course, holds: list[str]) -> list[Checked]:
    """An observed client, a corrected count, and a course that waits for what is to be lifted."""
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": holds},
        prescribing={
            "orders": ["closed(1)"],
            "left": 1,
            "recovery": "closed",
            "recovery ended": "discharged",
        },
        scheduling={
            "session": "discharged",
            "outcome": "completed",
            "left as": "standard",
            "room free at": "12:45",
        },
        notifications={"restricted until": "20:30", "end known": True},
    )
