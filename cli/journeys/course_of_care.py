"""The steps of a course of care that journeys have in common."""

from dataclasses import dataclass
from typing import Any

from cli.journeys.stage import Stage

ALL_SCOPES = ["treatment", "aftercare_agreement", "information_sharing"]


@dataclass(slots=True)
class Course:
    """What a journey remembers of its client."""

    client: str
    id: str
    request: str = ""
    prescription: str = ""
    session: str = ""
    escort: str = ""
    order: str = ""
    clearance: str = ""
    integration: str = ""


async def registered(stage: Stage, name: str, born: str, *, sms: bool = True) -> Course:
    """An inquiry: the client is known, nothing is decided."""
    made = await stage.do(
        "front_desk",
        "intake",
        "/clients",
        {
            "name": name,
            "date_of_birth": born,
            "phone": "+13105550123",
            "email": "client@example.org",
            "channel_consent": {"sms": sms, "email": True, "voice": True},
        },
    )
    stage.say("A person asks for help; the front desk opens a record.")
    return Course(client=made["id"], id=made["course_id"])


async def team(stage: Stage, course: Course) -> None:
    await stage.do(
        "front_desk",
        "intake",
        f"/courses/{course.id}/care-team",
        {"therapist_ref": stage.ref("therapist"), "prescriber_ref": stage.ref("prescriber")},
    )
    stage.say("A therapist and a prescriber take over together.")


async def screened(stage: Stage, course: Course, findings: list[dict[str, Any]]) -> Any:
    return await stage.do(
        "therapist",
        "intake",
        f"/clients/{course.client}/screening",
        {"programme": "mood", "indications": ["depression"], "findings": findings},
    )


async def evaluated(stage: Stage, course: Course) -> None:
    """Both evaluations, by two people; the approval follows by itself."""
    await stage.do(
        "therapist",
        "intake",
        f"/courses/{course.id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 3, "goals": "To sleep and to work again."},
    )
    stage.say("The therapist finds the treatment suitable and asks for the medical assessment.")
    waiting = await stage.only("prescriber", "prescribing", "/assessments", course_id=course.id)
    course.request = waiting["id"]
    await stage.do(
        "prescriber",
        "prescribing",
        f"/assessments/{course.request}/completion",
        {"outcome": "cleared"},
    )
    stage.say("The prescriber clears the client; with both signatures the course is approved.")


async def consented(stage: Stage, course: Course) -> None:
    await stage.do(
        "therapist",
        "intake",
        f"/courses/{course.id}/consents",
        {"scopes": ALL_SCOPES, "material_version": 1},
    )
    stage.say("The client signs: treatment, aftercare, sharing between the two.")


async def talk(stage: Stage, course: Course, kind: str, start: str, end: str) -> str:
    """A session without medicine, from booking to its end, on the day it is."""
    booked = await stage.do(
        "front_desk",
        "scheduling",
        "/sessions",
        {
            "course_id": course.id,
            "kind": kind,
            "starts_at": stage.moment(start),
            "block_minutes": 60,
            "therapist_ref": stage.ref("therapist"),
            "setting": "in_clinic",
            "room_id": (await talk_room(stage))["id"],
        },
    )
    session: str = booked["id"]
    await stage.at(start)
    await stage.do("front_desk", "scheduling", f"/sessions/{session}/check-in")
    await stage.do("therapist", "scheduling", f"/sessions/{session}/start")
    await stage.at(end)
    await stage.do("therapist", "scheduling", f"/sessions/{session}/end", {})
    return session


async def prepared(stage: Stage, course: Course) -> None:
    """Two preparation sessions, and the therapist's signature under them."""
    for number, (start, end) in enumerate([("10:00", "10:50"), ("10:00", "10:50")], start=1):
        await stage.at("08:00", days=1)
        await talk(stage, course, "prep", start, end)
        stage.say(f"Preparation session {number} is done.")
    await stage.do(
        "therapist",
        "scheduling",
        f"/courses/{course.id}/preparation",
        {
            "checklist": {
                "rapport_built": True,
                "history_gathered": True,
                "suitability_reassessed": True,
                "intentions_set": True,
                "coping_strategies_taught": True,
                "differences_reviewed": True,
            }
        },
    )
    stage.say("The therapist signs: prepared.")


async def prescribed(stage: Stage, course: Course) -> None:
    """A prescription for two sessions, activated by its author."""
    draft = await stage.do(
        "prescriber",
        "prescribing",
        f"/courses/{course.id}/prescriptions",
        {
            "kind": "prescription",
            "route": "SL",
            "timing_profile": "SL-STD",
            "amount_mg": 200,
            "sessions_authorised": 2,
            "pdmp_checked_at": stage.moment("08:00"),
        },
    )
    course.prescription = draft["id"]
    await stage.do("prescriber", "prescribing", f"/prescriptions/{course.prescription}/activation")
    stage.say("The prescriber prescribes two sessions.")


async def dosing_room(stage: Stage) -> Any:
    rooms = (await stage.see("front_desk", "scheduling", "/rooms"))["items"]
    return next(room for room in rooms if room["dosing_capable"])


async def talk_room(stage: Stage) -> Any:
    rooms = (await stage.see("front_desk", "scheduling", "/rooms"))["items"]
    return next((room for room in rooms if not room["dosing_capable"]), rooms[0])


async def booked(stage: Stage, course: Course, *, days: int) -> None:
    """The dosing session at 09:30 some days ahead, and the person who takes the client home."""
    room = await dosing_room(stage)
    session = await stage.do(
        "front_desk",
        "scheduling",
        "/sessions",
        {
            "course_id": course.id,
            "kind": "dosing",
            "starts_at": stage.moment("09:30", days=days),
            "block_minutes": 180,
            "room_id": room["id"],
            "therapist_ref": stage.ref("therapist"),
            "supervisor_ref": stage.ref("prescriber"),
            "setting": "in_clinic",
        },
    )
    course.session = session["id"]
    stage.say("The front desk books the dosing session; room and therapist are held.")
    escort = await stage.do(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/escorts",
        {"name": "Robin Vale", "phone": "+13105550145", "relationship": "sibling", "adult": True},
    )
    course.escort = escort["id"]
    stage.say("A trusted adult promises to take the client home.")
    order = await stage.only("prescriber", "prescribing", "/dose-orders", session_id=course.session)
    course.order = order["id"]
