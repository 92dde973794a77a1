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


async def started(stage: Stage, course: Course) -> None:
    """Arrival, the pre-dose check at 09:45, assent, and the start at 09:50."""
    await stage.at("09:35")
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/check-in")
    stage.say("The client arrives.")
    await stage.at("09:45")
    await stage.do(
        "nurse",
        "prescribing",
        f"/sessions/{course.session}/pre-dose-checks",
        {
            "systolic": 122,
            "diastolic": 78,
            "heart_rate": 68,
            "spo2": 98,
            "fasting_ok": True,
            "pregnancy_attested": True,
            "medication_changes": False,
            "mood_rescreen": "ok",
        },
    )
    stage.say("The nurse checks the client: pass.")
    await stage.at("09:48")
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.session}/assent",
        {"process_explained": True},
    )
    await stage.at("09:50")
    await stage.do("therapist", "scheduling", f"/sessions/{course.session}/start")
    stage.say("Every rule of the start holds, asked of both peers: the session begins.")


async def dosed(stage: Stage, course: Course) -> None:
    """Released and taken at 10:00."""
    await stage.at("09:58")
    await stage.do("prescriber", "prescribing", f"/dose-orders/{course.order}/release")
    await stage.at("10:00")
    await stage.do(
        "nurse",
        "prescribing",
        f"/dose-orders/{course.order}/administrations",
        {"dose_seq": 1, "amount_mg": 200},
    )
    stage.say("The client takes the medicine.")


GOOD_RECOVERY = {
    "oriented": True,
    "steady_gait": True,
    "vitals_within_20pct": True,
    "moaas": 5,
    "nausea_minimal": True,
    "padss_score": 10,
}


async def recovery_check(stage: Stage, course: Course) -> Any:
    return await stage.do(
        "nurse", "prescribing", f"/sessions/{course.session}/recovery-checks", GOOD_RECOVERY
    )


async def cleared(stage: Stage, course: Course) -> None:
    await recovery_check(stage, course)
    clearance = await stage.do(
        "prescriber", "prescribing", f"/sessions/{course.session}/clearances"
    )
    course.clearance = clearance["id"]
    stage.say("The prescriber clears the client for discharge.")


async def escort_arrived(stage: Stage, course: Course) -> None:
    await stage.do(
        "front_desk",
        "scheduling",
        f"/escorts/{course.escort}/arrival",
        {"identity_matched": True},
    )
    stage.say("The escort is here.")


async def instructed(stage: Stage, course: Course) -> Any:
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
    return plan


async def discharged(stage: Stage, course: Course) -> None:
    await stage.do("front_desk", "scheduling", f"/sessions/{course.session}/discharge")
    stage.say("The client goes home, accompanied.")


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
    """The check-in that is due now: the client is well."""
    listed = await stage.see("on_call", "notifications", "/check-ins", course_id=course.id)
    due = [one for one in listed["items"] if one["status"] == "due"]
    for one in due:
        await stage.do(
            "on_call", "notifications", f"/check-ins/{one['id']}/completion", {"outcome": "ok"}
        )
    stage.say("A check-in: all is well.")
