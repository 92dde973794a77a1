"""J5: the client ends the session; the observation goes on."""

from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys import j1
from cli.journeys.final import Checked, compared, local_minute
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Dose at 10:00, stop at 10:25, discharge at 12:20."""
    course = await j1.until_booked(stage, "Noor Castellan")
    await stage.at("09:30", days=4)
    await day.started(stage, course)
    await day.dosed(stage, course)
    await stage.at("10:25")
    await stage.do(
        "therapist", "scheduling", f"/sessions/{course.session}/stop", {"by_role": "client"}
    )
    stage.say("The client says stop: the session ends in one step, the observation goes on.")
    midway = await halfway(stage, course)
    await stage.at("11:30")
    await day.recovery_check(stage, course)
    await stage.refused(
        "prescriber",
        "prescribing",
        f"/sessions/{course.session}/clearances",
        because="minimum-observation-not-over",
    )
    await stage.at("12:10")
    await day.cleared(stage, course)
    await stage.at("12:15")
    await day.escort_arrived(stage, course)
    await stage.at("12:20")
    await day.discharged(stage, course)
    return [*midway, *await final(stage, course)]


async def halfway(stage: Stage, course: care.Course) -> list[Checked]:
    """After the stop: recovering, observed, and no second dose possible."""
    await stage.settled()
    session = await stage.see("therapist", "scheduling", f"/sessions/{course.session}")
    recovery = await stage.see("nurse", "prescribing", f"/sessions/{course.session}/recovery")
    await stage.refused(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 2, "amount_mg": 100},
        because="session-stopped",
    )
    return [
        *compared("scheduling", {"status": "recovering"}, session),
        *compared("prescribing", {"status": "observing"}, recovery),
    ]


async def final(stage: Stage, course: care.Course) -> list[Checked]:
    """Discharged, no penalty, the restriction counted from the stop."""
    await stage.settled()
    intake = await stage.see("therapist", "intake", f"/courses/{course.id}")
    session = await stage.see("therapist", "scheduling", f"/sessions/{course.session}")
    aftercare = await stage.only(
        "on_call", "notifications", "/aftercare", session_id=course.session
    )
    return [
        *compared("intake", {"status": "active", "open_holds": 0}, intake),
        *compared("scheduling", {"status": "discharged", "outcome": "ended_by_client"}, session),
        Checked(
            "notifications",
            "restrictions end",
            "18:25",
            (local_minute(stage, aftercare["restrictions_until"]) or "")[-5:],
        ),
    ]
