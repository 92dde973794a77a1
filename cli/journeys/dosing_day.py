"""The steps of a dosing day until the dose is taken."""

from typing import Any, Final

from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage

GOOD_READINGS: Final = {
    "systolic": 122,
    "diastolic": 78,
    "heart_rate": 68,
    "spo2": 98,
    "fasting_ok": True,
    "pregnancy_attested": True,
    "pregnancy_test": "negative",
    "medication_changes": False,
    "mood_rescreen": "ok",
}


async def arrived(stage: Stage, course: Course) -> None:
    await stage.at("09:35")
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/check-in")
    stage.say("The client arrives.")


async def measured(stage: Stage, course: Course, **other: Any) -> Any:
    """The nurse's pre-dose check; ``other`` is what differs from good readings."""
    return await stage.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/pre-dose-checks",
        {**GOOD_READINGS, **other},
    )


async def received(stage: Stage, course: Course) -> None:
    """Arrival, and the pre-dose check at 09:45."""
    await arrived(stage, course)
    await stage.at("09:45")
    await measured(stage, course)
    stage.say("The nurse checks the client: pass.")


async def assented(stage: Stage, course: Course) -> None:
    """The process is explained, and the client says yes for today."""
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/assent",
        {"process_explained": True},
    )


async def begun(stage: Stage, course: Course) -> None:
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/start")
    stage.say("Every rule of the start holds, asked of both peers: the session begins.")


async def started(stage: Stage, course: Course) -> None:
    """Arrival, the pre-dose check at 09:45, assent, and the start at 09:50."""
    await received(stage, course)
    await stage.at("09:48")
    await assented(stage, course)
    await stage.at("09:50")
    await begun(stage, course)


async def released(stage: Stage, course: Course) -> None:
    await stage.do("prescriber", "prescribing", f"/dose-orders/{course.order}/release")
    stage.say("The medicine is released.")


async def taken(stage: Stage, course: Course, *, dose_seq: int = 1, amount_mg: int = 200) -> None:
    await stage.do(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": dose_seq, "amount_mg": amount_mg},
    )
    stage.say("The client takes the medicine.")


async def dosed(stage: Stage, course: Course) -> None:
    """Released, and taken at 10:00."""
    await stage.at("09:58")
    await released(stage, course)
    await stage.at("10:00")
    await taken(stage, course)


async def returned(stage: Stage, course: Course) -> None:
    """Released medicine goes back before a witness."""
    await stage.do(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/return",
        {"witness_ref": stage.ref("prescriber")},
    )
    stage.say("The nurse gives the medicine back; the prescriber is the witness.")
