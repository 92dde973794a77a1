"""The steps of a dosing day and of what follows it, as journeys have them in common."""

from typing import Any

from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage


async def started(stage: Stage, course: Course) -> None:
    """Arrival, the pre-dose check at 09:45, assent, and the start at 09:50."""
    await stage.at("09:35")
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/check-in")
    stage.say("The client arrives.")
    await stage.at("09:45")
    await stage.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/pre-dose-checks",
        {
            "systolic": 122,
            "diastolic": 78,
            "heart_rate": 68,
            "spo2": 98,
            "fasting_ok": True,
            "pregnancy_attested": True,
            "pregnancy_test": "negative",
            "medication_changes": False,
            "mood_rescreen": "ok",
        },
    )
    stage.say("The nurse checks the client: pass.")
    await stage.at("09:48")
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/assent",
        {"process_explained": True},
    )
    await stage.at("09:50")
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/start")
    stage.say("Every rule of the start holds, asked of both peers: the session begins.")


async def dosed(stage: Stage, course: Course) -> None:
    """Released and taken at 10:00."""
    await stage.at("09:58")
    await stage.do("prescriber", "prescribing", f"/dose-orders/{course.order}/release")
    await stage.at("10:00")
    await stage.do(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 1, "amount_mg": 200},
    )
    stage.say("The client takes the medicine.")


GOOD_RECOVERY = {
    "oriented": True,
    "steady_gait": True,
    "vitals_within_20pct": True,
    "moaas": 5,
    "nausea_minimal": True,
    "padss_score": 10,
}


async def recovery_check(stage: Stage, course: Course) -> Any:
    return await stage.do(
        "nurse", "prescribing", f"/sessions/{course.session}/recovery-checks", GOOD_RECOVERY
    )


async def cleared(stage: Stage, course: Course) -> None:
    await recovery_check(stage, course)
    clearance = await stage.do(
        "prescriber", "prescribing", f"/sessions/{course.session}/clearances"
    )
    course.clearance = clearance["id"]
    stage.say("The prescriber clears the client for discharge.")


async def escort_arrived(stage: Stage, course: Course) -> None:
    await stage.do(
        "front_desk",
        "scheduling",
        f"/escorts/{course.escort}/arrival",
        {"identity_matched": True},
    )
    stage.say("The escort is here.")


async def instructed(stage: Stage, course: Course) -> Any:
    """The going-home instructions, on paper, to both."""
    plan = await stage.only("front_desk", "notifications", "/aftercare", session_id=course.session)
    for recipient in ("client", "escort"):
        await stage.do(
            "front_desk",
            "notifications",
            f"/aftercare/{plan['id']}/instructions",
            {"recipient": recipient, "channel": "paper"},
        )
        await stage.do(
            "front_desk",
            "notifications",
            f"/aftercare/{plan['id']}/acknowledgements",
            {"recipient": recipient},
        )
    return plan


async def discharged(stage: Stage, course: Course) -> None:
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/discharge")
    stage.say("The client goes home, accompanied.")


async def summarised(stage: Stage, course: Course) -> None:
    """The therapist's summary, read by the prescriber before any next dose."""
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/summary",
        {"text": "Calm throughout; spoke a little towards the end."},
    )
    await stage.do(
        "prescriber",
        "prescribing",
        f"/sessions/{course.session}/summary-review",
        {"review_outcome": "continue"},
    )
    stage.say("The therapist's summary is read by the prescriber.")


async def checked_in(stage: Stage, course: Course) -> None:
    """The check-in that is due now: the client is well."""
    listed = await stage.see("on_call", "notifications", "/check-ins", course_id=course.id)
    due = [one for one in listed["items"] if one["status"] == "due"]
    for one in due:
        await stage.do(
            "on_call", "notifications", f"/check-ins/{one['id']}/completion", {"outcome": "ok"}
        )
    stage.say("A check-in: all is well.")
