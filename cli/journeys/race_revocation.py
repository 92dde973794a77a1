"""R3: the prescription is revoked with the client in the room (section 7.2)."""

from cli.journeys import after_dose as after
from cli.journeys import booking, j7, passages
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def before_dose(stage: Stage) -> list[Checked]:
    """The medicine was released: it goes back, and the client stays for a talk."""
    course = await j7.until_revoked(stage, "Priscilla Nakamura")
    await day.returned(stage, course)
    spoken = await booking.talk(stage, course, "integration", "10:10", "10:50")
    stage.say("Instead of the dose, the client talks with the therapist.")
    talk = await stage.see("therapist", "scheduling", f"/sessions/{spoken}")
    return [
        *await j7.final(stage, course),
        *compared("scheduling", {"status": "completed"}, talk, when="(the talk)"),
    ]


async def after_dose(stage: Stage) -> list[Checked]:
    """It changes nothing today; what was to follow waits for another prescription."""
    course = await passages.until_booked(stage, "Anton Delacroix")
    following = (await booking.next_booked(stage, course, days=7))["id"]
    await stage.at("09:30", days=4)
    await day.started(stage, course)
    await day.dosed(stage, course)
    await stage.at("10:20")
    await care.revoked(stage, course)
    stage.say("Today goes on as it was begun.")
    await after.ended_and_home(stage, course)
    later = await stage.see("front_desk", "scheduling", f"/sessions/{following}")
    orders = await stage.see("prescriber", "prescribing", "/dose-orders", session_id=following)
    return [
        *await final(stage, course),
        *compared("scheduling", {"status": "blocked"}, later, when="(the next session)"),
        Checked(
            "scheduling",
            "waits for a prescription",
            True,
            "needs-prescription" in later["blocked_by"],
        ),
        Checked(
            "prescribing",
            "authorised orders ahead",
            [],
            [one["status"] for one in orders["items"] if one["authorised"]],
        ),
    ]


async def final(stage: Stage, course: care.Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 1, "holds": ["medical"]},
        prescribing={
            "prescription": "revoked",
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
            "task revoked_after_dose": "open",
        },
        scheduling={"session": "discharged", "outcome": "completed", "room free at": "12:45"},
        notifications={
            "restricted until": "20:30",
            "told of prescription_revoked": "prescriber, therapist",
        },
    )
