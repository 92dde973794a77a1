"""J2: declined, respectfully."""

from typing import Any

from cli.journeys import course_of_care as care
from cli.journeys.final import Checked, compared
from cli.journeys.stage import Stage

_FINDINGS = [
    {"code": "bipolar_dx", "context": "baseline"},
    {"code": "mania_current", "context": "baseline"},
]


async def play(stage: Stage) -> list[Checked]:
    """A client with a bipolar diagnosis is manic at the screening."""
    await stage.at("09:00")
    course = await care.registered(stage, "Sasha Orlow", "1979-11-03", sms=False)
    await care.team(stage, course)
    await care.screened(stage, course, _FINDINGS)
    stage.say("The screening finds current mania: the course is declined.")
    return await final(stage, course)


async def final(stage: Stage, course: care.Course) -> list[Checked]:
    """Nothing was opened, nothing was booked, one respectful notice and one call."""
    await stage.settled()
    intake = await stage.see("therapist", "intake", f"/courses/{course.id}")
    assessments = await stage.see("prescriber", "prescribing", "/assessments", course_id=course.id)
    sessions = await stage.see("front_desk", "scheduling", "/sessions", course_id=course.id)
    messages = await stage.see("on_call", "notifications", "/messages", course_id=course.id)
    tasks = await stage.see("front_desk", "notifications", "/tasks", course_id=course.id)
    published = await _published(stage, course)
    return [
        *compared("intake", {"status": "declined"}, intake),
        Checked("intake", "ClientApproved", 0, published.count("client_approved")),
        Checked("prescribing", "assessments", 0, len(assessments["items"])),
        Checked("scheduling", "sessions", 0, len(sessions["items"])),
        Checked("notifications", "notices", 1, len(messages["items"])),
        Checked(
            "notifications", "SMS", 0, len([m for m in messages["items"] if m["channel"] == "sms"])
        ),
        Checked("notifications", "call tasks", 1, len([t for t in tasks["items"] if _is_call(t)])),
    ]


def _is_call(task: dict[str, Any]) -> bool:
    return "call" in str(task["purpose"])


async def _published(stage: Stage, course: care.Course) -> list[str]:
    journal = await stage.see("operator", "intake", "/operations/journal", client_id=course.client)
    return [entry["type"].split(".")[2] for entry in journal]
