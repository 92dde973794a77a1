"""J2: declined, respectfully."""

from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys.final import Checked, compared
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """A client with a bipolar diagnosis is manic at the screening."""
    await stage.at("09:00")
    course = await care.registered(stage, "Sasha Orlow", "1979-11-03", sms=False)
    await care.team(stage, course)
    await stage.at("08:00", days=1)
    await booking.talk(stage, course, "consultation", "10:00", "10:30")
    stage.say("A first conversation, free of charge.")
    await stage.at("11:00")
    await care.screened(stage, course, "bipolar_dx", "mania_current")
    stage.say("The screening finds current mania: the course is declined.")
    return await final(stage, course)


async def final(stage: Stage, course: care.Course) -> list[Checked]:
    """Nothing was opened, nothing else was booked, one respectful notice and one call."""
    await stage.settled()
    intake = await stage.see("therapist", "intake", f"/courses/{course.id}")
    screening = await stage.see("therapist", "intake", f"/clients/{course.client}/screening")
    assessments = await stage.see("prescriber", "prescribing", "/assessments", course_id=course.id)
    sessions = await stage.see("front_desk", "scheduling", "/sessions", course_id=course.id)
    messages = await stage.see("on_call", "notifications", "/messages", course_id=course.id)
    tasks = await stage.see("front_desk", "notifications", "/tasks", course_id=course.id)
    published = await _published(stage, course)
    excluding = [one["code"] for one in screening["findings"] if one["grade"] == "absolute"]
    notices = [one for one in messages["items"] if one["purpose"] == "decline_notice"]
    return [
        *compared("intake", {"status": "declined", "approval": None}, intake),
        Checked("intake", "contraindications found", ["mania_current"], excluding),
        Checked("intake", "ClientApproved", 0, published.count("client_approved")),
        Checked("prescribing", "assessments", 0, len(assessments["items"])),
        Checked(
            "scheduling", "sessions", ["consultation"], [one["kind"] for one in sessions["items"]]
        ),
        Checked("notifications", "notices", ["email"], [one["channel"] for one in notices]),
        Checked(
            "notifications", "SMS", 0, [one["channel"] for one in messages["items"]].count("sms")
        ),
        Checked(
            "notifications",
            "tasks",
            ["call_declined_client"],
            [one["purpose"] for one in tasks["items"]],
        ),
    ]


async def _published(stage: Stage, course: care.Course) -> list[str]:
    journal = await stage.see("operator", "intake", "/operations/journal", client_id=course.client)
    return [entry["type"].split(".")[2] for entry in journal]
