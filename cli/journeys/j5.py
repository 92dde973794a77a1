"""J5: the client ends the session; the observation goes on."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Dose at 10:00, stop at 10:25, discharge at 12:20."""
    course = await passages.until_dosed(stage, "Noor Castellan")
    await stage.at("10:25")
    await after.stopped(stage, course)
    stage.say("The client says stop: the session ends in one step, the observation goes on.")
    midway = await halfway(stage, course)
    await stage.at("11:30")
    await after.recovery_check(stage, course)
    await stage.refused(
        "prescriber",
        "prescribing",
        f"/sessions/{course.session}/clearances",
        because="minimum-observation-not-over",
    )
    await stage.at("12:10")
    await after.cleared(stage, course)
    await stage.at("12:15")
    await after.escort_arrived(stage, course)
    await stage.at("12:20")
    await after.discharged(stage, course)
    return [*midway, *await final(stage, course), *await goes_on(stage, course)]


async def halfway(stage: Stage, course: Course) -> list[Checked]:
    """No second dose is possible."""
    await stage.refused(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 2, "amount_mg": 100},
        because="session-stopped",
    )
    return await after_the_stop(stage, course)


async def after_the_stop(stage: Stage, course: Course) -> list[Checked]:
    """Recovering, observed and restricted; everybody concerned was told."""
    return await ends(
        stage,
        course,
        when="after the stop",
        intake={"course": "active", "holds": []},
        prescribing={"recovery": "observing", "orders": ["closed(1)"], "clearance": "none"},
        scheduling={"session": "recovering", "outcome": "ended_by_client", "room free at": None},
        notifications={
            "aftercare": "restricted",
            "restricted until": "18:25",
            "told of stop_requested": "nurse, prescriber, therapist",
        },
    )


async def final(stage: Stage, course: Course) -> list[Checked]:
    """Discharged, no penalty, the restriction counted from the stop."""
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": [], "approval": "current"},
        prescribing={
            "prescription": "active",
            "left": 1,
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
            "incidents": [],
        },
        scheduling={
            "session": "discharged",
            "outcome": "ended_by_client",
            "left as": "standard",
            "room free at": "12:20",
        },
        notifications={
            "aftercare": "restricted",
            "plan": "standard",
            "restricted until": "18:25",
            "end known": True,
        },
    )


async def goes_on(stage: Stage, course: Course) -> list[Checked]:
    """Whoever stopped may come again: nothing stands against the next sessions."""
    following = await booking.next_booked(stage, course, days=3)
    stage.say("The client wants to go on: integration and the next session are booked.")
    return compared("scheduling", {"status": "scheduled", "blocked_by": []}, following)
