"""J9: vitals hold the dose, and a serious adverse event ends the day in another team's care."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Held at 09:45, accepted at 10:00, dose at 10:10, transfer at 11:05."""
    course = await passages.until_the_day(stage, "Dana Okafor")
    await day.arrived(stage, course)
    await stage.at("09:45")
    held = await day.measured(stage, course, systolic=168, diastolic=104)
    stage.say("The blood pressure is too high: the dose has to wait.")
    paused = await waiting(stage, course)
    await stage.at("10:00")
    checked = await day.measured(stage, course, systolic=146, diastolic=92)
    await stage.do(
        "prescriber",
        "prescribing",
        f"/pre-dose-checks/{checked['id']}/acceptance",
        {"reason": "Settled after rest; the benefit outweighs it."},
    )
    stage.say("Measured again: a case for the prescriber, who accepts it.")
    await stage.at("10:05")
    await day.assented(stage, course)
    await day.begun(stage, course)
    await day.released(stage, course)
    await stage.at("10:10")
    await day.taken(stage, course)
    await transferred(stage, course)
    return [
        *compared("prescribing", {"outcome": "hold"}, held),
        *paused,
        *compared("prescribing", {"outcome": "review"}, checked),
        *await final(stage, course),
        *await lifting(stage, course),
    ]


async def waiting(stage: Stage, course: Course) -> list[Checked]:
    """A pause blocks the dose and keeps the order (ruling 17)."""
    return await ends(
        stage,
        course,
        when="while held",
        intake={"holds": ["vitals"]},
        prescribing={"orders": ["authorised(0)"], "left": 2},
        scheduling={"session": "checked_in"},
        notifications={"told of hold_placed": "prescriber, therapist"},
    )


async def transferred(stage: Stage, course: Course) -> None:
    """10:50 a check calls for help, 11:05 the client is in another team's care."""
    await stage.at("10:50")
    await after.recovery_check(
        stage, course, oriented=False, vitals_within_20pct=False, padss_score=4, outcome="escalate"
    )
    await stage.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/adverse-events",
        {"code": "chest_pain", "serious": True},
    )
    stage.say("The client has chest pain: help is called, a serious adverse event is recorded.")
    await stage.at("11:05")
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/transfer")
    stage.say("The client is handed over to the emergency team.")


async def final(stage: Stage, course: Course) -> list[Checked]:
    """The hospital has the client; the clinic has a report to write and a hold to lift."""
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": ["adverse_event"]},
        prescribing={
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "transferred",
            "adverse event": "open",
            "report due": True,
            "clearance": "none",
        },
        scheduling={
            "session": "transferred",
            "left as": "transfer",
            "outcome": "ended_by_clinician",
            "room free at": "11:05",
        },
        notifications={
            "plan": "enhanced",
            "restricted until": "19:05",
            "end known": True,
            "task report_adverse_event": "open",
            "told of serious_adverse_event": "on_call, prescriber, therapist",
        },
    )


async def lifting(stage: Stage, course: Course) -> list[Checked]:
    """One signature is not enough; what it leaves open still refuses a booking (INV-31)."""
    hold = await stage.only(
        "therapist", "prescribing", "/holds", course_id=course.id, status="open"
    )
    alone = await stage.do("therapist", "prescribing", f"/holds/{hold['id']}/lift")
    wanted = await booking.dosing_wanted(stage, course, days=8)
    await stage.refused("front_desk", "scheduling", "/sessions", wanted, because="hold-blocks-book")
    both = await stage.do("prescriber", "prescribing", f"/holds/{hold['id']}/lift")
    stage.say("The therapist's signature alone lifts nothing; with the prescriber's it is lifted.")
    return [
        *compared("prescribing", {"status": "open", "missing_signatures": ["prescriber"]}, alone),
        *compared("prescribing", {"status": "lifted"}, both),
    ]
