"""J1: everything goes well."""

from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.final import Checked, compared, local_minute
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Inquiry to integration; the dose is at 10:00, the discharge at 12:45."""
    course = await until_booked(stage, "Avery Quill")
    await stage.at("09:30", days=4)
    await day.started(stage, course)
    await day.dosed(stage, course)
    await stage.at("10:40")
    await day.recovery_check(stage, course)
    stage.say("Forty minutes after the dose: on track.")
    await stage.at("12:30")
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/end", {})
    stage.say("The therapist ends the session; the client stays.")
    await stage.at("12:35")
    await day.cleared(stage, course)
    await stage.at("12:40")
    await day.escort_arrived(stage, course)
    await day.instructed(stage, course)
    await stage.at("12:45")
    await day.discharged(stage, course)
    await stage.at("13:30")
    await day.summarised(stage, course)
    await stage.at("20:31", story="The restriction is over.")
    await stage.at("12:31", days=1)
    await day.checked_in(stage, course)
    await stage.at("08:00", days=2)
    course.integration = await care.talk(stage, course, "integration", "10:00", "10:50")
    stage.say("The integration session is done.")
    await stage.at("12:31")
    await day.checked_in(stage, course)
    return await final(stage, course)


async def until_booked(stage: Stage, name: str) -> care.Course:
    """From the inquiry to a booked dosing session, four days ahead."""
    await stage.at("09:00")
    course = await care.registered(stage, name, "1988-04-12")
    await care.team(stage, course)
    await care.screened(stage, course, [])
    stage.say("The screening finds nothing against it.")
    await care.evaluated(stage, course)
    await care.consented(stage, course)
    await care.prepared(stage, course)
    await care.prescribed(stage, course)
    await care.booked(stage, course, days=4)
    return course


async def final(stage: Stage, course: care.Course) -> list[Checked]:
    """What each service shows when the bus is idle."""
    await stage.settled()
    intake = await stage.see("therapist", "intake", f"/courses/{course.id}")
    rx = await stage.see("prescriber", "prescribing", f"/prescriptions/{course.prescription}")
    order = await stage.see("prescriber", "prescribing", f"/dose-orders/{course.order}")
    recovery = await stage.see("nurse", "prescribing", f"/sessions/{course.session}/recovery")
    session = await stage.see("therapist", "scheduling", f"/sessions/{course.session}")
    integration = await stage.see("therapist", "scheduling", f"/sessions/{course.integration}")
    aftercare = await stage.only(
        "on_call", "notifications", "/aftercare", session_id=course.session
    )
    return [
        *compared(
            "intake",
            {"status": "active", "dosed_count": 1, "open_holds": 0},
            intake,
        ),
        *compared("prescribing", {"status": "active", "left": 1}, rx),
        *compared("prescribing", {"status": "closed", "administered_count": 1}, order),
        *compared("prescribing", {"status": "closed"}, recovery),
        *compared(
            "scheduling",
            {"status": "discharged", "room free at": "12:45"},
            {
                "status": session["status"],
                "room free at": (local_minute(stage, session["released_at"]) or "")[-5:],
            },
        ),
        *compared("scheduling", {"status": "completed"}, integration),
        *compared(
            "notifications",
            {"status": "closed", "restrictions end": "20:30"},
            {
                "status": aftercare["status"],
                "restrictions end": (local_minute(stage, aftercare["restrictions_until"]) or "")[
                    -5:
                ],
            },
        ),
    ]
