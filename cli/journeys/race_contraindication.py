"""R1: a contraindication is found after the dose was prescribed (section 7.2)."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage

_FINDING = "hallucinations"


async def before_dose(stage: Stage) -> list[Checked]:
    """It comes up on the day of dosing, when the client has arrived and passed the check."""
    course = await passages.until_the_day(stage, "Morgan Reyes")
    await day.received(stage, course)
    await stage.at("09:47")
    await care.screened(stage, course, _FINDING)
    stage.say("The client tells of hallucinations: intake revokes the approval.")
    wanted = await booking.dosing_wanted(stage, course, days=7)
    await stage.refused(
        "front_desk", "scheduling", "/sessions", wanted, because="approval-not-current"
    )
    await stage.refused(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/start",
        because="cannot-raise-ready",
    )
    await stage.refused(
        "prescriber",
        "prescribing",
        f"/dose-orders/{course.order}/release",
        because="approval-not-current",
    )
    return await ends(
        stage,
        course,
        intake={
            "course": "screening",
            "dosed": 0,
            "approval": "revoked",
            "holds": ["contraindication"],
        },
        prescribing={
            "prescription": "revoked",
            "left": 2,
            "orders": ["closed(0)"],
            "recovery": "none",
        },
        scheduling={
            "session": "cancelled",
            "cancelled for": "contraindication",
            "room free at": "09:47",
        },
        notifications={
            "aftercare": "none",
            "told of approval_revoked": "prescriber, therapist",
            "told of hold_placed": "prescriber, therapist",
        },
    )


async def after_dose(stage: Stage) -> list[Checked]:
    """It comes up twenty minutes after the dose: today is finished in safety, nothing follows."""
    course = await passages.until_booked(stage, "Jules Andrade")
    following = (await booking.next_booked(stage, course, days=7))["id"]
    await stage.at("09:30", days=4)
    await day.started(stage, course)
    await day.dosed(stage, course)
    await stage.at("10:20")
    await care.screened(stage, course, _FINDING)
    stage.say("The client tells of earlier hallucinations: the approval is revoked.")
    midway = await still_observed(stage, course)
    await after.on_track(stage, course)
    await stage.at("12:30")
    await after.ended(stage, course)
    await stage.at("12:35")
    await after.recovery_check(stage, course)
    await stage.refused(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/clearances",
        because="prescriber-must-clear",
    )
    await after.home(stage, course)
    later = await stage.see("front_desk", "scheduling", f"/sessions/{following}")
    return [
        *midway,
        *await sent_home(stage, course),
        *compared("scheduling", {"status": "cancelled"}, later, when="(the next session)"),
    ]


async def still_observed(stage: Stage, course: care.Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        when="after the finding",
        intake={"approval": "revoked", "holds": ["contraindication"]},
        prescribing={
            "prescription": "revoked",
            "orders": ["administered(1)"],
            "recovery": "observing",
        },
        scheduling={"session": "dosed"},
        notifications={"aftercare": "armed", "plan": "enhanced", "end known": False},
    )


async def sent_home(stage: Stage, course: care.Course) -> list[Checked]:
    return await ends(
        stage,
        course,
        intake={
            "course": "screening",
            "dosed": 1,
            "approval": "revoked",
            "holds": ["contraindication"],
        },
        prescribing={
            "prescription": "revoked",
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
        },
        scheduling={"session": "discharged", "outcome": "completed", "room free at": "12:45"},
        notifications={
            "plan": "enhanced",
            "restricted until": "20:30",
            "told of approval_revoked": "prescriber, therapist",
        },
    )
