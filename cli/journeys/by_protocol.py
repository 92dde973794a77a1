"""A course of care under each protocol that is shipped: from the inquiry to the closed course.

What differs between clinics is a row of the table; the rules that make it differ are the file's.
Played in a clinic that runs by that file.
"""

from typing import Any, Final

from cli.journeys import after_dose as after
from cli.journeys import booking
from cli.journeys import course_of_care as care
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, compared, ends
from cli.journeys.practices import PRACTICES, Practice
from cli.journeys.stage import Stage

_CERTIFIED: Final = {"prescriber_on_site": True, "medication_list_asked": True}
_CHECKLIST: Final = (
    "rapport_built",
    "history_gathered",
    "suitability_reassessed",
    "intentions_set",
    "coping_strategies_taught",
    "differences_reviewed",
)


async def play(stage: Stage, name: str) -> list[Checked]:
    """One dose, one integration, and the end with a follow-up."""
    practice = PRACTICES[name]
    course = await _admitted(stage, practice)
    await _prepared(stage, course, practice)
    await _prescribed(stage, course, practice)
    await _dosed(stage, course, practice)
    await _home(stage, course, practice)
    await _days_after(stage, course, practice)
    await _closed(stage, course)
    return await _final(stage, course, practice, name)


async def _admitted(stage: Stage, practice: Practice) -> Course:
    await stage.at("09:00")
    course = await care.registered(stage, "Ines Thorne", "1984-09-30")
    await care.team(stage, course)
    if practice.consultation:
        await stage.refused(
            "front_desk",
            "scheduling",
            "/sessions",
            await _talk(stage, course, practice, "prep", "15:00"),
            because="consultation-not-planned",
        )
        await _talked(stage, course, practice, "consultation", ("09:10", "09:50"))
        stage.say("A free consultation comes first.")
    await stage.do(
        "therapist",
        "intake",
        f"/clients/{course.client}/screening",
        {
            "programme": practice.programme,
            "indications": list(practice.indications),
            "findings": [{"code": code, "context": "baseline"} for code in practice.findings],
        },
    )
    if practice.crisis:
        await _let_go(stage, course)
    await care.evaluated(stage, course)
    await care.consented(stage, course)
    return course


async def _let_go(stage: Stage, course: Course) -> None:
    """The crisis pathway: therapist and prescriber sign, and a safety plan is recorded (C-09)."""
    hold = await stage.only("therapist", "intake", f"/courses/{course.id}/holds", status="open")
    path, plan = f"/holds/{hold['id']}/lift", {"safety_plan": "Call Noor; the line at night."}
    await stage.refused("therapist", "intake", path, {}, because="safety-plan-missing")
    await stage.do("therapist", "intake", path, plan)
    await stage.do("prescriber", "intake", path, plan)
    stage.say("Both talked with the client and agreed on a safety plan: the hold is lifted.")


async def _prepared(stage: Stage, course: Course, practice: Practice) -> None:
    for number in range(1, practice.preparations + 1):
        await stage.at("08:00", days=1)
        await _talked(stage, course, practice, "prep", ("10:00", "10:50"))
        stage.say(f"Preparation session {number} is done.")
    signed = await stage.do(
        "therapist",
        "scheduling",
        f"/courses/{course.id}/preparation",
        {"checklist": dict.fromkeys(_CHECKLIST, True)},
    )
    stage.say(f"The therapist signs: {signed['status']}.")


async def _prescribed(stage: Stage, course: Course, practice: Practice) -> None:
    if not practice.certified:
        await care.prescribed(stage, course, sessions=1, **practice.medicine)
        return
    draft = {
        "kind": "prescription",
        "sessions_authorised": 1,
        "pdmp_checked_at": stage.moment("08:00"),
        **practice.medicine,
    }
    path = f"/courses/{course.id}/prescriptions"
    at_home = {**draft, "dispense_mode": "take_home"}
    await stage.refused("prescriber", "prescribing", path, at_home, because="take-home-not-allowed")
    written = await stage.do("prescriber", "prescribing", path, draft)
    course.prescription = written["id"]
    activation = f"/prescriptions/{course.prescription}/activation"
    await stage.refused("prescriber", "prescribing", activation, because="enrolment-missing")
    await stage.do("prescriber", "prescribing", f"/assessments/{course.request}/enrolment", {})
    await stage.do("prescriber", "prescribing", activation)
    stage.say("Client and prescriber sign the enrolment; the prescription becomes active.")


async def _dosed(stage: Stage, course: Course, practice: Practice) -> None:
    await stage.at("14:00")
    wanted = await booking.dosing_wanted(stage, course, days=4)
    wanted["block_minutes"] = practice.block_minutes
    course.session = (await stage.do("front_desk", "scheduling", "/sessions", wanted))["id"]
    await booking.escorted(stage, course)
    await booking.ordered(stage, course)
    await stage.at("09:30", days=4)
    await day.arrived(stage, course)
    await stage.at("09:45")
    if practice.certified:
        held = await day.measured(stage, course)
        stage.say(f"Without a prescriber on site: {held['outcome']}.")
    await day.measured(stage, course, **(_CERTIFIED if practice.certified else {}))
    await stage.at("09:48")
    await day.assented(stage, course)
    await stage.at("09:50")
    await day.begun(stage, course)
    await stage.at("09:58")
    await day.released(stage, course)
    await stage.at("10:00")
    await day.taken(stage, course, amount_mg=practice.amount_mg)


async def _home(stage: Stage, course: Course, practice: Practice) -> None:
    await after.on_track(stage, course)
    if practice.certified:
        await stage.do(
            "nurse",
            "prescribing",
            f"/sessions/{course.session}/adverse-events",
            {"code": "nausea"},
        )
        stage.say("Some nausea: here every adverse event is reported.")
    await stage.at(practice.ends)
    await after.ended(stage, course)
    if practice.crisis:
        await stage.do("therapist", "scheduling", f"/sessions/{course.session}/safety-plan")
        stage.say("The therapist goes through the safety plan with the client.")
    await after.home(stage, course)
    await stage.at("13:30")
    await after.summarised(stage, course)


async def _days_after(stage: Stage, course: Course, practice: Practice) -> None:
    if practice.crisis:
        await stage.at("16:35")
        await after.checked_in(stage, course)
        await stage.at("00:35", days=1)
        await after.checked_in(stage, course)
        stage.say("Four and twelve hours after the session somebody has asked how they are.")
    await stage.at("12:50", days=0 if practice.crisis else 1)
    await after.checked_in(stage, course)
    await stage.at("08:00", days=2)
    course.integration = await _talked(stage, course, practice, "integration", ("10:00", "10:50"))
    await stage.do(
        "therapist",
        "scheduling",
        f"/sessions/{course.integration}/notes",
        {
            "kind": "integration",
            "text": "What stayed with them, and what they want to try.",
            "action_items": [{"text": "Walk in the morning, three times a week."}],
        },
    )
    stage.say("The integration session is done; a step was agreed.")
    await stage.at("12:50")
    await after.checked_in(stage, course)


async def _closed(stage: Stage, course: Course) -> None:
    await stage.do("therapist", "intake", f"/courses/{course.id}/close", {"outcome": "completed"})
    stage.say("The course is completed; the clinic's own time until the follow-up runs.")


async def _final(stage: Stage, course: Course, practice: Practice, name: str) -> list[Checked]:
    rules = await stage.see("therapist", "intake", f"/courses/{course.id}")
    due = stage.moment("12:50", days=practice.followup_days)
    certified = {"task monitoring_form": "open"} if practice.certified else {}
    planned = {"task confirm_safety_plan": "withdrawn"} if practice.crisis else {}
    reported = {"task report_adverse_event": "open"} if practice.certified else {}
    return [
        *compared(
            "intake",
            {"protocol_name": name, "protocol_version": 1, "followup": True},
            {**rules, "followup": _same_day(rules["closed"]["followup_due_at"], due)},
        ),
        *await ends(
            stage,
            course,
            intake={"course": "completed", "closed as": "completed", "dosed": 1, "holds": []},
            prescribing={
                "prescription": "exhausted",
                "orders": ["closed(1)"],
                "recovery": "closed",
                "recovery ended": "discharged",
                "summary": "reviewed",
                "incidents": [],
                **certified,
            },
            scheduling={
                "session": "discharged",
                "outcome": "completed",
                "left as": "standard",
                "room free at": "12:45",
            },
            notifications={
                "plan": "enhanced" if practice.crisis else "standard",
                "aftercare": "closed",
                "restricted until": practice.restricted_until,
                "check-ins": ["ok"] * (4 if practice.crisis else 2),
                **planned,
                "task plan_follow_up": "open",
                **reported,
            },
        ),
    ]


def _same_day(told: str | None, wanted: str) -> bool:
    """Whether the follow-up falls on that day, as the UTC date of a local midday."""
    return told is not None and told[:10] == wanted[:10]


async def _talk(
    stage: Stage, course: Course, practice: Practice, kind: str, clock: str
) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "course_id": course.id,
        "kind": kind,
        "starts_at": stage.moment(clock),
        "therapist_ref": stage.ref("therapist"),
        "setting": practice.talks,
    }
    if practice.talks == "in_clinic":
        wanted["room_id"] = (await booking.talk_room(stage))["id"]
    return wanted


async def _talked(
    stage: Stage, course: Course, practice: Practice, kind: str, hours: tuple[str, str]
) -> str:
    wanted = await _talk(stage, course, practice, kind, hours[0])
    session: str = (await stage.do("front_desk", "scheduling", "/sessions", wanted))["id"]
    await booking.talk_held(stage, session, *hours)
    return session
