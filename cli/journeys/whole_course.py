"""A whole course: six doses, a review before the seventh, and the end with a follow-up."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.shown import shown
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """A dose every fourth day, integration declined each time; a review before the seventh."""
    course = await passages.until_prepared(stage, "Odile Fairweather")
    await care.prescribed(stage, course, sessions=6)
    for number in range(1, 7):
        await one_dose(stage, course, number)
    await stage.at("14:00")
    await care.prescribed(stage, course, sessions=1)
    waiting = await seventh_waits(stage, course)
    await reviewed(stage, course)
    granted = await seventh_granted(stage, course)
    await asked_twice(stage, course)
    await stage.at("09:30", days=1)
    await given(stage, course, 7)
    await asked_twice(stage, course)
    closing = await closed(stage, course)
    return [*waiting, *granted, *closing, *await final(stage, course)]


async def one_dose(stage: Stage, course: Course, number: int) -> None:
    await booking.booked(stage, course, days=4)
    await asked_twice(stage, course)
    await stage.at("09:30", days=1)
    await given(stage, course, number)


async def asked_twice(stage: Stage, course: Course) -> None:
    """The check-ins of the days after a dose; without an answer the course would be held."""
    await stage.at("12:31", days=1)
    await after.checked_in(stage, course)
    await stage.at("12:31", days=2)
    await after.checked_in(stage, course)


async def given(stage: Stage, course: Course, number: int) -> None:
    """From the start to the reviewed summary, on the day it is."""
    await day.started(stage, course)
    await day.dosed(stage, course)
    await after.ended_and_home(stage, course)
    await after.summarised(stage, course)
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/integration-decline")
    stage.say(f"Session {number} is done; the client wants no integration session after it.")


async def seventh_waits(stage: Stage, course: Course) -> list[Checked]:
    """Six doses: the course is in review, and a seventh gets no order (C-04, INV-18)."""
    await booking.booked(stage, course, days=4)
    return await ends(
        stage,
        course,
        when="after six doses",
        intake={"course": "in_review", "dosed": 6},
        prescribing={"left": 1, "orders": ["requested(0)"]},
        scheduling={"doses seen": 0},
        notifications={"aftercare": "none"},
    )


async def reviewed(stage: Stage, course: Course) -> None:
    """Proposed by one role, signed by the other."""
    review = await stage.do(
        "therapist", "intake", f"/courses/{course.id}/reviews", {"decision": "continue"}
    )
    await stage.do("prescriber", "intake", f"/reviews/{review['id']}/signatures")
    stage.say("Therapist and prescriber review the course: it goes on.")


async def seventh_granted(stage: Stage, course: Course) -> list[Checked]:
    order = await stage.see("prescriber", "prescribing", f"/dose-orders/{course.order}")
    course_now = await stage.see("therapist", "intake", f"/courses/{course.id}")
    return [
        *compared("prescribing", {"status": "authorised"}, order, when="(after the review)"),
        *compared("intake", {"status": "active"}, course_now, when="(after the review)"),
    ]


async def closed(stage: Stage, course: Course) -> list[Checked]:
    """Completed; somebody has to plan the follow-up, and then it is planned."""
    await stage.do(
        "therapist",
        "intake",
        f"/courses/{course.id}/close",
        {"outcome": "completed", "followup_due_at": stage.moment("10:00", days=30)},
    )
    stage.say("The course is completed; in a month somebody asks how it goes.")
    found = (await shown(stage, course))["notifications"]
    session = await booking.talk_booked(stage, course, "follow_up", "16:00", days=30)
    follow_up = await stage.see("therapist", "scheduling", f"/sessions/{session}")
    return [
        *compared("notifications", {"task plan_follow_up": "open"}, found, when="at the closing"),
        *compared("scheduling", {"status": "scheduled"}, follow_up, when="(the follow-up)"),
    ]


async def final(stage: Stage, course: Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={"course": "completed", "closed as": "completed", "dosed": 7, "holds": []},
        prescribing={
            "prescription": "exhausted",
            "left": 0,
            "orders": ["closed(1)"],
            "recovery": "closed",
        },
        scheduling={"session": "discharged"},
        notifications={"restricted until": "20:30", "task plan_follow_up": "withdrawn"},
    )
