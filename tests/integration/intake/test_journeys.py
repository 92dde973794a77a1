"""What of the journeys J1, J2 and J5 is intake's (section 8), over HTTP and the bus."""

import pytest

from careteam_contracts.enums import (
    CheckInOutcome,
    ConsentScope,
    CourseStatus,
    SessionKind,
    SessionOutcome,
)
from careteam_contracts.notifications import CheckInCompleted
from careteam_contracts.questions import INTAKE_STANDING
from careteam_contracts.standing import StandingAsk
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, Whose
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def test_j1_from_the_first_call_to_an_active_course_with_one_dose(intake: Intake) -> None:
    who = await steps.register(intake)
    assert await intake.status(who) == "inquiry"
    await steps.assign(intake, who)
    screened = await steps.screen(intake, who)
    assert (screened["status"], screened["screening_status"]) == ("screening", "clear")
    assert (await steps.evaluate(intake, who))["status"] == "awaiting_medical"
    await steps.assessed(intake, who)
    assert await intake.status(who) == "approved"
    await steps.sign(intake, who)
    await steps.session_completed(intake, who, SessionKind.PREP)
    await intake.settle(who)
    assert await intake.status(who) == "preparing"
    await steps.prepared(intake, who)
    assert await intake.status(who) == "active"
    await steps.one_dosed_session(intake, who)
    for _ in range(2):
        await intake.notifications.tell(
            CheckInCompleted(checkin_id=new_id(), session_id=new_id(), outcome=CheckInOutcome.OK),
            who,
        )
    await intake.settle(who)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "active"
    assert course["dosed_count"] == 1
    assert course["open_holds"] == 0
    assert await intake.told(who) == [
        "client_registered",
        "contact_preferences_changed",
        "care_team_assigned",
        "medical_assessment_requested",
        "client_approved",
        "consent_granted",
    ]
    standing = await intake.prescribing.ask(INTAKE_STANDING, StandingAsk(course_id=who.course_id))
    assert standing.course_status is CourseStatus.ACTIVE
    assert standing.approval.active
    assert standing.consents_active(ConsentScope.TREATMENT, ConsentScope.AFTERCARE_AGREEMENT)
    assert standing.dosed_count == 1
    assert standing.open_holds == ()
    page = await intake.get("operator", f"/courses/{who.course_id}/standing")
    assert page["allowed"]
    assert page["refusals"] == []


async def test_j2_current_mania_is_declined_and_never_approved(intake: Intake) -> None:
    who = await steps.register(intake, channel_consent={"sms": False})
    await steps.assign(intake, who)
    screened = await steps.screen(
        intake, who, "mania_current", "bipolar_dx", indications=("bipolar",)
    )
    assert screened["status"] == "declined"
    assert screened["screening_status"] == "excluded"
    absolute = [one["code"] for one in screened["findings"] if one["grade"] == "absolute"]
    assert absolute == ["mania_current"]
    told = await intake.told(who)
    assert told == [
        "client_registered",
        "contact_preferences_changed",
        "care_team_assigned",
        "client_declined",
        "course_closed",
    ]
    assert (await intake.payloads(who, "course_closed"))[0]["outcome"] == "declined"
    refused = await intake.refused(
        "therapist",
        f"/courses/{who.course_id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 6, "goals": "rest"},
    )
    assert refused.slugs == ["course-over"]


async def test_j2_is_declined_once_the_peers_answer(intake: Intake) -> None:
    who = await steps.register(intake)
    intake.scheduling.silent = True
    screened = await steps.screen(intake, who, "mania_current")
    assert screened["status"] == "closing"
    assert "client_declined" not in await intake.told(who)
    intake.scheduling.silent = False
    intake.clock.advance(seconds=31)
    await eventually(lambda: _has_status(intake, who, "declined"))
    assert (await intake.told(who)).count("client_declined") == 1


async def test_j3_bipolar_and_not_manic_goes_on_with_a_review_flag(intake: Intake) -> None:
    who = await steps.approved(intake, "bipolar_dx")
    assert await intake.status(who) == "approved"
    (requested,) = await intake.payloads(who, "medical_assessment_requested")
    assert requested["review_flags"] == 1
    assert "safety_hold_placed" not in await intake.told(who)


async def test_j5_a_client_who_ends_a_session_keeps_an_active_course(intake: Intake) -> None:
    who = await steps.active(intake)
    session, order = new_id(), new_id()
    await steps.dose(intake, who, session, order)
    intake.clock.advance(minutes=25)
    await steps.session_completed(
        intake, who, SessionKind.DOSING, session, SessionOutcome.ENDED_BY_CLIENT
    )
    await steps.order_closed(intake, who, session, order)
    intake.clock.advance(minutes=115)
    await steps.discharge(intake, who, session)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "active"
    assert course["dosed_count"] == 1
    assert course["open_holds"] == 0
    assert course["closing"] is None


async def _has_status(intake: Intake, who: Whose, status: str) -> bool:
    return await intake.status(who) == status
