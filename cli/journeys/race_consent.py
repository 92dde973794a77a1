"""R2: the client withdraws consent (section 7.2)."""

from cli.journeys import after_dose as after
from cli.journeys import course_of_care as care
from cli.journeys import passages
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage


async def before_dose(stage: Stage) -> list[Checked]:
    """Five minutes into the session: it ends, the client is free to go, and nobody minds."""
    course = await passages.until_started(stage, "Teodor Lindgren")
    await stage.at("09:55")
    await care.withdrawn(stage, course)
    return await ends(
        stage,
        course,
        intake={"course": "stopped", "closed as": "client_stopped", "dosed": 0},
        prescribing={
            "prescription": "ended",
            "left": 2,
            "orders": ["closed(0)"],
            "order ended by": "consent_withdrawn",
            "recovery": "none",
            "clearance": "none",
        },
        scheduling={
            "session": "closed",
            "outcome": "aborted_before_dose",
            "room free at": "09:55",
            "doses seen": 0,
        },
        notifications={
            "aftercare": "none",
            "restricted until": "none",
            "told of consent_withdrawn": "prescriber, therapist",
        },
    )


async def after_dose(stage: Stage) -> list[Checked]:
    """Twenty minutes after the dose: therapy ends at once, safety care goes on until the door."""
    course = await passages.until_dosed(stage, "Kaya Sorensen")
    await stage.at("10:20")
    await care.withdrawn(stage, course)
    stage.say("Therapy ends; the client is observed as before.")
    midway = await safety_care(stage, course)
    await after.on_track(stage, course)
    await stage.refused(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/discharge",
        because="clearance-not-valid",
    )
    await after.home(stage, course)
    return [*midway, *await stopped(stage, course)]


async def safety_care(stage: Stage, course: care.Course) -> list[Checked]:
    await stage.refused(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 2, "amount_mg": 100},
        because="consent-treatment-not-active",
    )
    return await ends(
        stage,
        course,
        when="after the withdrawal",
        intake={"course": "closing", "closed as": "none"},
        prescribing={"orders": ["closed(1)"], "recovery": "observing"},
        scheduling={"session": "recovering", "outcome": "ended_by_client", "room free at": None},
        notifications={"aftercare": "restricted", "restricted until": "18:20"},
    )


async def stopped(stage: Stage, course: care.Course) -> list[Checked]:
    """The course ends only now that the client has left."""
    return await ends(
        stage,
        course,
        intake={"course": "stopped", "closed as": "client_stopped", "dosed": 1},
        prescribing={
            "prescription": "ended",
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
        },
        scheduling={
            "session": "discharged",
            "left as": "standard",
            "outcome": "ended_by_client",
            "room free at": "12:45",
        },
        notifications={
            "aftercare": "restricted",
            "restricted until": "18:20",
            "told of consent_withdrawn": "prescriber, therapist",
        },
    )
