"""J7: the prescription is revoked while the client is in the room."""

from typing import Any

from cli.journeys import dosing_day as day
from cli.journeys import passages
from cli.journeys.course_of_care import Course, revoked
from cli.journeys.final import Checked, compared, ends
from cli.journeys.stage import Stage


async def play(stage: Stage) -> list[Checked]:
    """Started at 09:50, revoked at 09:55, with the medicine released and not taken."""
    course = await until_revoked(stage, "Imani Brandt")
    await stage.refused(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 1, "amount_mg": 200},
        because="prescription-not-active",
    )
    await day.returned(stage, course)
    stage.say("The session is over before a dose; the client may stay for a talk, or go.")
    return await final(stage, course)


async def until_revoked(stage: Stage, name: str) -> Course:
    course = await passages.until_started(stage, name)
    await stage.at("09:53")
    await day.released(stage, course)
    await stage.at("09:55")
    await revoked(stage, course)
    return course


async def final(stage: Stage, course: Course) -> list[Checked]:
    """Nothing was taken: no recovery, no clearance, no restriction."""
    ledger = await stage.see("prescriber", "prescribing", f"/dose-orders/{course.order}/ledger")
    back = ledger["entries"][-1]
    checked = await ends(
        stage,
        course,
        intake={"course": "active", "dosed": 0, "holds": ["medical"]},
        prescribing={
            "prescription": "revoked",
            "left": 2,
            "orders": ["closed(0)"],
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
            "told of prescription_revoked": "prescriber, therapist",
            "told of hold_placed": "prescriber, therapist",
        },
    )
    return [
        *checked,
        *compared("prescribing", {"status": "balanced", "outstanding_mg": 0}, ledger),
        Checked("prescribing", "given back before a witness", True, _witnessed(back)),
    ]


def _witnessed(entry: Any) -> bool:
    return entry["kind"] == "returned" and entry["witness_ref"] not in {None, entry["by"]}
