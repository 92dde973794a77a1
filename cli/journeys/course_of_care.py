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


async def screened(stage: Stage, course: Course, *findings: str, **scores: int) -> Any:
    """The intake form, with findings of now and of before, and ``scores`` by instrument."""
    return await stage.do(
        "therapist",
        "intake",
        f"/clients/{course.client}/screening",
        {
            "programme": "mood",
            "indications": ["depression"],
            "findings": [{"code": code, "context": "baseline"} for code in findings],
            "scores": [{"instrument": name, "score": score} for name, score in scores.items()],
        },
    )


async def evaluated(stage: Stage, course: Course, *allergies: str) -> None:
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
        {
            "outcome": "cleared",
            "allergies": list(allergies),
            "notes": "Every finding weighed: the benefit outweighs the risk.",
        },
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


async def prescribed(stage: Stage, course: Course, *, sessions: int = 2, **other: Any) -> None:
    """A prescription for some sessions, activated by its author; ``other`` is what differs."""
    draft = await stage.do(
        "prescriber",
        "prescribing",
        f"/courses/{course.id}/prescriptions",
        {
            "kind": "prescription",
            "route": "SL",
            "timing_profile": "SL-STD",
            "amount_mg": 200,
            "sessions_authorised": sessions,
            "pdmp_checked_at": stage.moment("08:00"),
            **other,
        },
    )
    course.prescription = draft["id"]
    await stage.do("prescriber", "prescribing", f"/prescriptions/{course.prescription}/activation")
    how_many = "one session" if sessions == 1 else f"{sessions} sessions"
    stage.say(f"The prescriber prescribes {how_many}.")


async def revoked(stage: Stage, course: Course) -> None:
    """The prescriber takes the prescription back, for a medical reason."""
    await stage.do(
        "prescriber",
        "prescribing",
        f"/prescriptions/{course.prescription}/revocation",
        {"hold_category": "medical"},
    )
    stage.say("The prescriber revokes the prescription.")


async def withdrawn(stage: Stage, course: Course) -> None:
    """The client takes all consent back, in one step."""
    signed = await stage.see("therapist", "intake", f"/courses/{course.id}/consents")
    await stage.do("therapist", "intake", f"/consents/{signed['items'][-1]['id']}/withdrawal", {})
    stage.say("The client takes consent back. Nobody asks why.")
