"""The client walks out: nobody holds them, somebody looks after them at once (C-10, INV-30)."""

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Gone at 11:15 with capacity and without an escort; reached at 11:30; held until both sign."""
    course = await passages.until_dosed(stage, "Ilya Montgomery")
    await after.on_track(stage, course)
    await stage.at("11:15")
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/left-against-advice",
        {"capacity_assessed": True, "escort_present": False},
    )
    stage.say("The client walks out: capacity was assessed, nobody is with them.")
    gone = await just_gone(stage, course)
    await countersigned(stage, course)
    await stage.at("11:21", story="Nobody has taken the call: the next circle is called.")
    climbed = await stage.only("on_call", "notifications", "/escalations", course_id=course.id)
    await stage.at("11:30")
    await reached(stage, climbed["id"])
    held = await lifted_by_both(stage, course)
    await stage.at("19:16", story="The restriction is over.")
    return [
        *gone,
        *compared("notifications", {"level": 2, "status": "open"}, climbed, when="(the loop)"),
        *held,
        *await final(stage, course),
    ]


async def just_gone(stage: Stage, course: Course) -> list[Checked]:
    """Everybody knows; the course rests; the restriction counts from the departure."""
    wanted = await booking.dosing_wanted(stage, course, days=8)
    await stage.refused("front_desk", "scheduling", "/sessions", wanted, because="hold-blocks-book")
    return await ends(
        stage,
        course,
        when="at once",
        intake={"course": "active", "dosed": 1, "holds": ["aftercare"]},
        prescribing={
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "unsafe",
            "clearance": "none",
            "task left_against_advice": "open",
        },
        scheduling={
            "session": "left_against_advice",
            "outcome": "ended_by_client",
            "left as": "against advice",
            "room free at": "11:15",
            "task countersign_left_against_advice": "open",
        },
        notifications={
            "aftercare": "escalated",
            "plan": "enhanced",
            "restricted until": "19:15",
            "loop left_against_advice": "open",
            "told of left_against_advice": "on_call, prescriber, therapist",
        },
    )


async def countersigned(stage: Stage, course: Course) -> None:
    """What one person recorded, a second one signs (INV-40)."""
    tasks = await stage.see("front_desk", "scheduling", "/tasks", course_id=course.id)
    task = next(one for one in tasks["items"] if one["kind"] == "countersign_left_against_advice")
    await stage.refused(
        "therapist",
        "scheduling",
        f"/tasks/{task['id']}/completion",
        because="second-person-needed",
    )
    await stage.do("nurse", "scheduling", f"/tasks/{task['id']}/completion")
    stage.say("The nurse countersigns what the therapist recorded.")


async def reached(stage: Stage, loop: str) -> None:
    await stage.do("on_call", "notifications", f"/escalations/{loop}/acknowledgement")
    stage.say("The on-call clinician takes the call.")
    await stage.do("on_call", "notifications", f"/escalations/{loop}/resolution")
    stage.say("The client is at home with a friend: the loop ends.")


async def lifted_by_both(stage: Stage, course: Course) -> list[Checked]:
    """Therapist and prescriber let the course go on; one of them alone cannot."""
    holds = await stage.see("therapist", "intake", f"/courses/{course.id}/holds", status="open")
    path = f"/holds/{holds['items'][0]['id']}/lift"
    one = await stage.do("therapist", "intake", path)
    both = await stage.do("prescriber", "intake", path)
    stage.say("Therapist and prescriber have talked with the client: the course goes on.")
    return [
        *compared("intake", {"status": "open"}, one, when="(one signature)"),
        *compared("intake", {"status": "lifted"}, both, when="(both signatures)"),
    ]


async def final(stage: Stage, course: Course) -> list[Checked]:
    following = await booking.next_booked(stage, course, days=3)
    return [
        *await ends(
            stage,
            course,
            intake={"course": "active", "holds": []},
            prescribing={"prescription": "active", "left": 1},
            scheduling={"task countersign_left_against_advice": "done"},
            notifications={
                "aftercare": "monitoring",
                "restricted until": "19:15",
                "loop left_against_advice": "resolved",
            },
        ),
        *compared("scheduling", {"status": "scheduled"}, following, when="(the next session)"),
    ]
