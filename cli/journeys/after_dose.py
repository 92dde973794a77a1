"""The steps from the dose to the door, and of the days after it."""

from typing import Any, Final

from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage

GOOD_RECOVERY: Final = {
    "oriented": True,
    "steady_gait": True,
    "vitals_within_20pct": True,
    "moaas": 5,
    "nausea_minimal": True,
    "padss_score": 10,
}


async def recovery_check(stage: Stage, course: Course, **other: Any) -> Any:
    """One look at the client; ``other`` is what differs from a good recovery."""
    return await stage.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/recovery-checks",
        {**GOOD_RECOVERY, **other},
    )


async def on_track(stage: Stage, course: Course) -> None:
    await stage.at("10:40")
    await recovery_check(stage, course)
    stage.say("Forty minutes after the dose: on track.")


async def stopped(stage: Stage, course: Course, by_role: str = "client") -> None:
    """Anybody may say stop, in one step."""
    await stage.do(
        "therapist", "scheduling", f"/sessions/{course.session}/stop", {"by_role": by_role}
    )


async def ended(stage: Stage, course: Course) -> None:
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/end", {})
    stage.say("The therapist ends the session; the client stays.")


async def cleared(stage: Stage, course: Course, *, role: str = "prescriber") -> None:
    """A fresh look at the client, and the clearance."""
    await recovery_check(stage, course)
    clearance = await stage.do(role, "prescribing", f"/sessions/{course.session}/clearances")
    course.clearance = clearance["id"]
    stage.say(f"The {role} clears the client for discharge.")


async def escort_arrived(stage: Stage, course: Course) -> None:
    await stage.do(
        "front_desk",
        "scheduling",
        f"/escorts/{course.escort}/arrival",
        {"identity_matched": True},
    )
    stage.say("The escort is here.")


async def instructed(stage: Stage, course: Course) -> None:
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


async def discharged(stage: Stage, course: Course) -> None:
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/discharge")
    stage.say("The client goes home, accompanied.")


async def home(stage: Stage, course: Course) -> None:
    """Clearance at 12:35, the escort at 12:40, the door at 12:45."""
    await stage.at("12:35")
    await cleared(stage, course)
    await stage.at("12:40")
    await escort_arrived(stage, course)
    await instructed(stage, course)
    await stage.at("12:45")
    await discharged(stage, course)


async def ended_and_home(stage: Stage, course: Course) -> None:
    """Therapy until 12:30, then home."""
    await on_track(stage, course)
    await stage.at("12:30")
    await ended(stage, course)
    await home(stage, course)


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
    """Whatever check-ins are due now: the client is well."""
    listed = await stage.see("on_call", "notifications", "/check-ins", course_id=course.id)
    for one in listed["items"]:
        if one["status"] == "due":
            await stage.do(
                "on_call", "notifications", f"/check-ins/{one['id']}/completion", {"outcome": "ok"}
            )
            stage.say(f"The check-in after {one['hours']} hours: all is well.")
