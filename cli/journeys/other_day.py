"""Another escort, another day: what is promised for one is not promised for the other."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages, race_escort
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage


async def other_escort(stage: Stage) -> list[Checked]:
    """The escort cancels in the morning, and another is named within half an hour."""
    course = await passages.until_the_day(stage, "Nils Aguirre")
    await day.received(stage, course)
    await race_escort.cancelled(stage, course)
    first = course.escort
    await stage.at("09:55")
    await booking.escorted(stage, course, "Sol Whitaker")
    await day.assented(stage, course)
    await day.begun(stage, course)
    await stage.at("09:58")
    await day.released(stage, course)
    await stage.at("10:00")
    await day.taken(stage, course)
    await stage.at("10:16", story="Half an hour after the call: nothing happens, somebody comes.")
    await after.on_track(stage, course)
    await stage.at("12:30")
    await after.ended(stage, course)
    await stage.refused(
        "front_desk",
        "scheduling",
        f"/escorts/{first}/arrival",
        {"identity_matched": True},
        because="escort-cancelled",
    )
    await after.home(stage, course)
    return await _home(stage, course, orders=["closed(1)"])


async def moved(stage: Stage) -> list[Checked]:
    """The client asks for another day: a new order, a new promise, the same prescription."""
    course = await passages.until_the_day(stage, "Greer Valdivia")
    first = course.order
    await stage.do(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/reschedule",
        {"starts_at": stage.moment("09:30", days=1)},
    )
    stage.say("The client is not well today: the session is moved to tomorrow.")
    await booking.ordered(stage, course)
    between = await ends(
        stage,
        course,
        when="after the move",
        intake={"course": "active"},
        prescribing={"orders": ["closed(0)", "authorised(0)"], "left": 2},
        scheduling={"session": "scheduled"},
        notifications={"aftercare": "none"},
    )
    await stage.at("09:30", days=1)
    await day.received(stage, course)
    await day.assented(stage, course)
    await stage.refused(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/start",
        because="escort-not-confirmed",
    )
    stage.say("The escort had promised yesterday, not today.")
    await booking.escorted(stage, course)
    await stage.at("09:50")
    await day.begun(stage, course)
    await day.dosed(stage, course)
    await after.ended_and_home(stage, course)
    return [
        *between,
        Checked("prescribing", "a new order", True, course.order != first),
        *await _home(stage, course, orders=["closed(0)", "closed(1)"]),
    ]


async def _home(stage: Stage, course: Course, *, orders: list[str]) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": []},
        prescribing={
            "prescription": "active",
            "left": 1,
            "orders": orders,
            "recovery": "closed",
            "recovery ended": "discharged",
            "incidents": [],
        },
        scheduling={"session": "discharged", "outcome": "completed", "room free at": "12:45"},
        notifications={"aftercare": "restricted", "restricted until": "20:30"},
    )
