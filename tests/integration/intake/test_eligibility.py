"""Approval over the bus: only the newest request, both evaluations, no open hold (INV-1, INV-2)."""

from uuid import UUID

import pytest

from careteam_contracts.enums import (
    AssessmentOutcome,
)
from careteam_contracts.questions import INTAKE_STANDING
from careteam_contracts.standing import StandingAsk
from tests.integration.intake import steps
from tests.integration.intake.clinic import REFS, Intake, Whose
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def test_nobody_under_age_comes_further_than_an_inquiry(intake: Intake) -> None:
    who = await steps.register(intake, date_of_birth="2007-03-04")
    body = {"programme": "mood", "indications": ["depression"]}
    refused = await intake.refused("therapist", f"/clients/{who.client_id}/screening", body)
    assert refused.slugs == ["client-under-age"]
    assert await intake.status(who) == "inquiry"
    intake.clock.advance(days=1)
    assert (await steps.screen(intake, who))["status"] == "screening"


async def test_an_evaluation_before_the_screening_is_refused(intake: Intake) -> None:
    who = await steps.register(intake)
    await steps.assign(intake, who)
    refused = await intake.refused(
        "therapist",
        f"/courses/{who.course_id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 6, "goals": "rest"},
    )
    assert refused.status == 409
    assert refused.slugs == ["course-state-forbids"]


async def test_only_a_therapist_signs_the_evaluation(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    refused = await intake.refused(
        "prescriber",
        f"/courses/{who.course_id}/psychological-evaluation",
        {"outcome": "suitable", "planned_sessions": 6, "goals": "rest"},
    )
    assert refused.status == 403


async def test_an_answer_to_an_older_request_approves_nobody(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    first = UUID(course["medical_request"]["request_id"])
    await steps.assessed(intake, who, AssessmentOutcome.MORE_INFO)
    await steps.evaluate(intake, who)
    await steps.assessed(intake, who, AssessmentOutcome.CLEARED, request_id=first)
    assert await intake.status(who) == "awaiting_medical"
    await steps.assessed(intake, who, AssessmentOutcome.CLEARED)
    assert await intake.status(who) == "approved"
    assert (await intake.told(who)).count("medical_assessment_requested") == 2


async def test_not_cleared_declines_who_never_was_approved(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    await steps.assessed(intake, who, AssessmentOutcome.NOT_CLEARED)
    await eventually(lambda: has_status(intake, who, "declined"))
    told = await intake.told(who)
    assert told[-2:] == ["client_declined", "course_closed"]
    assert "client_approved" not in told


async def test_an_unsuitable_client_is_declined_at_once(intake: Intake) -> None:
    who = await steps.register(intake)
    await steps.assign(intake, who)
    await steps.screen(intake, who)
    assert (await steps.evaluate(intake, who, "not_suitable"))["status"] == "declined"


async def test_the_most_emergent_answers_of_a_screen_hold_by_themselves(intake: Intake) -> None:
    who = await steps.register(intake)
    form = {"programme": "mood", "indications": ["depression"]}
    path = f"/clients/{who.client_id}/screening"
    calm = {**form, "scores": [{"instrument": "cssrs", "score": 3}]}
    assert (await intake.post("nurse", path, calm))["screening_status"] == "clear"
    high = {**form, "scores": [{"instrument": "cssrs", "score": 4}]}
    assert (await intake.post("nurse", path, high))["screening_status"] == "crisis"
    (held,) = await intake.payloads(who, "safety_hold_placed")
    assert held["hold_category"] == "suicidality"
    impossible = {**form, "scores": [{"instrument": "gad7", "score": 22}]}
    assert (await intake.refused("nurse", path, impossible)).slugs == ["score-out-of-range"]


async def test_an_absolute_finding_after_the_approval_revokes_and_holds(intake: Intake) -> None:
    who = await steps.active(intake)
    screened = await steps.screen(intake, who, "mania_current")
    assert screened["status"] == "screening"
    told = await intake.told(who)
    assert {"approval_revoked", "safety_hold_placed"} <= set(told)
    (held,) = await intake.payloads(who, "safety_hold_placed")
    assert held["hold_category"] == "contraindication"
    assert held["finding_ref"] == screened["findings"][0]["finding_id"]
    standing = await intake.scheduling.ask(INTAKE_STANDING, StandingAsk(course_id=who.course_id))
    assert not standing.approval.active
    assert [str(one.hold_id) for one in standing.open_holds] == [held["hold_id"]]


async def test_a_relative_finding_after_the_approval_holds_and_does_not_revoke(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    screened = await steps.screen(intake, who, "cardiovascular_disease")
    assert screened["status"] == "active"
    told = await intake.told(who)
    assert "safety_hold_placed" in told
    assert "approval_revoked" not in told
    await steps.screen(intake, who, "cardiovascular_disease")
    assert (await intake.told(who)).count("safety_hold_placed") == 1


async def test_after_a_revocation_the_way_back_is_a_new_approval(intake: Intake) -> None:
    who = await steps.active(intake)
    before = (await intake.get("therapist", f"/courses/{who.course_id}"))["approval"]
    revoked = await intake.post("prescriber", f"/courses/{who.course_id}/approval-revocation")
    assert revoked["status"] == "screening"
    await steps.evaluate(intake, who)
    await steps.assessed(intake, who)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "active"
    assert course["approval"]["approval_id"] != before["approval_id"]


async def test_an_approval_runs_out_by_itself(intake: Intake) -> None:
    who = await steps.active(intake)
    intake.clock.advance(days=181)
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "screening"
    assert not course["approval"]["current"]
    await intake.settle(who)
    listed = await intake.get("therapist", "/courses", client_id=who.client_id)
    assert listed["items"][0]["status"] == "screening"


async def has_status(intake: Intake, who: Whose, status: str) -> bool:
    return await intake.status(who) == status


async def test_who_evaluated_cannot_assess_as_well(intake: Intake) -> None:
    who = await steps.awaiting(intake)
    await steps.assessed(intake, who, by=REFS["therapist"])
    assert await intake.status(who) == "awaiting_medical"
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    assert "evaluated-by-two-people" in {refusal["slug"] for refusal in standing["refusals"]}
    assert next((one["fact"], one["owner"]) for one in standing["unblocks_with"]) == (
        "psychological_evaluation",
        "intake",
    )
    await steps.evaluate(intake, who)
    await steps.assessed(intake, who)
    assert await intake.status(who) == "approved"


async def test_an_unsuitable_client_is_declined_while_the_prescriber_is_still_asked(
    intake: Intake,
) -> None:
    who = await steps.awaiting(intake)
    assert (await steps.evaluate(intake, who, "not_suitable"))["status"] == "declined"


async def test_a_plan_has_a_route_of_this_clinic_and_keeps_its_versions(intake: Intake) -> None:
    who = await steps.register(intake)
    await steps.assign(intake, who)
    await steps.screen(intake, who)
    path = f"/courses/{who.course_id}/psychological-evaluation"
    plan = {"outcome": "suitable", "planned_sessions": 6, "goals": "rest"}
    refused = await intake.refused("therapist", path, {**plan, "route_preference": "IV"})
    assert refused.slugs == ["route-not-offered"]
    await intake.post("therapist", path, {**plan, "route_preference": "IM"})
    await steps.assessed(intake, who, AssessmentOutcome.MORE_INFO)
    await intake.post("therapist", path, {**plan, "planned_sessions": 3})
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert [
        (one["version"], one["planned_sessions"], one["route_preference"])
        for one in course["plans"]
    ] == [(1, 6, "IM"), (2, 3, None)]
