"""Evaluated, assessed, approved; and losing an approval again (6.1, INV-1, INV-2)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.intake.domain.approval_rules import Circumstances, approval_decision, approval_due
from services.intake.domain.eligibility import (
    assign_care_team,
    evaluate,
    screened,
)
from services.intake.domain.events import (
    CareTeamAssigned,
    ClientApproved,
    MedicalAssessmentRequested,
)
from services.intake.domain.offered_care import require_route_offered
from services.intake.domain.progress import advance
from services.intake.domain.vocabulary import AssessmentOutcome, CourseStatus, EvaluationOutcome
from shared.decisions import Refused
from shared.protocol import Route
from tests.unit.intake.courses import (
    APPROVAL,
    MORNING,
    PRESCRIBER,
    REQUEST,
    THERAPIST,
    advanced,
    answered,
    awaiting_medical,
    cleared,
    evaluated,
    in_screening,
    inquiry,
    later,
    slugs,
    with_team,
)

SECOND = UUID(int=21)
THIRD = UUID(int=22)


def test_the_care_team_is_told_with_a_version() -> None:
    change = assign_care_team(inquiry(), therapist_ref=THERAPIST, prescriber_ref=None, now=MORNING)
    assert change.events == (
        CareTeamAssigned(at=MORNING, therapist_ref=THERAPIST, prescriber_ref=None, team_version=1),
    )
    assert not change.state.care_team.complete


def test_naming_the_second_keeps_the_first() -> None:
    one = assign_care_team(inquiry(), therapist_ref=THERAPIST, prescriber_ref=None, now=MORNING)
    both = assign_care_team(one.state, therapist_ref=None, prescriber_ref=PRESCRIBER, now=MORNING)
    assert both.state.care_team.therapist_ref == THERAPIST
    assert both.state.care_team.complete
    assert both.state.care_team.version == 2


def test_one_person_cannot_be_therapist_and_prescriber() -> None:
    with pytest.raises(Refused) as refused:
        assign_care_team(inquiry(), therapist_ref=THERAPIST, prescriber_ref=THERAPIST, now=MORNING)
    assert slugs(refused) == ["one-person-in-both-roles"]


def test_naming_the_same_team_again_tells_nothing() -> None:
    course = with_team(inquiry())
    again = assign_care_team(
        course, therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER, now=MORNING
    )
    assert again.events == ()


def test_a_suitable_client_is_handed_to_the_prescriber() -> None:
    change = evaluate(
        in_screening(),
        outcome=EvaluationOutcome.SUITABLE,
        author_ref=THERAPIST,
        planned_sessions=6,
        goals="sleep",
        review_flags=2,
        request_id=REQUEST,
        now=MORNING,
    )
    assert change.state.status is CourseStatus.AWAITING_MEDICAL
    assert change.events == (
        MedicalAssessmentRequested(at=MORNING, request_id=REQUEST, review_flags=2),
    )
    assert change.state.plan is not None
    assert change.state.plan.version == 1


def test_evaluation_needs_a_therapist_on_the_team() -> None:
    course = screened(inquiry(), review_flags=0, request_id=SECOND, now=MORNING).state
    with pytest.raises(Refused) as refused:
        evaluated(course)
    assert slugs(refused) == ["therapist-not-assigned"]


def test_evaluation_comes_after_screening() -> None:
    with pytest.raises(Refused) as refused:
        evaluated(with_team(inquiry()))
    assert slugs(refused) == ["course-state-forbids"]


def test_an_unsuitable_client_is_not_handed_on() -> None:
    course = evaluated(in_screening(), outcome=EvaluationOutcome.NOT_SUITABLE)
    assert course.status is CourseStatus.SCREENING
    assert course.requests == ()


def test_cleared_alone_approves_nothing_before_the_conditions_are_looked_at() -> None:
    course = cleared()
    assert course.status is CourseStatus.AWAITING_MEDICAL
    assert approval_due(course)


def test_both_evaluations_and_no_hold_approve() -> None:
    change = advance(cleared(), Circumstances(), approval_id=APPROVAL, now=MORNING)
    assert change.state.status is CourseStatus.APPROVED
    assert change.events == (
        ClientApproved(
            at=MORNING,
            approval_id=APPROVAL,
            plan_version=1,
            valid_until=MORNING + timedelta(days=180),
        ),
    )


def test_an_open_hold_keeps_a_cleared_client_waiting_and_lifting_it_approves() -> None:
    waiting = advanced(cleared(), open_holds=("h1",))
    assert waiting.status is CourseStatus.AWAITING_MEDICAL
    assert advanced(waiting).status is CourseStatus.APPROVED


def test_a_team_without_prescriber_keeps_a_cleared_client_waiting() -> None:
    course = assign_care_team(
        inquiry(), therapist_ref=THERAPIST, prescriber_ref=None, now=MORNING
    ).state
    course = screened(course, review_flags=0, request_id=SECOND, now=MORNING).state
    course = answered(evaluated(course), AssessmentOutcome.CLEARED)
    assert advanced(course).status is CourseStatus.AWAITING_MEDICAL
    assert advanced(with_team(course)).status is CourseStatus.APPROVED


def test_a_clearance_that_ran_out_while_waiting_approves_nothing() -> None:
    course = advanced(cleared(), open_holds=("h1",))
    assert advanced(course, now=later(days=181)).status is CourseStatus.AWAITING_MEDICAL


def test_an_answer_to_an_older_request_changes_nothing() -> None:
    asked_twice = evaluated(
        answered(awaiting_medical(), AssessmentOutcome.MORE_INFO), request_id=SECOND
    )
    stale = answered(asked_twice, AssessmentOutcome.CLEARED, request_id=REQUEST)
    assert stale == asked_twice
    assert advanced(stale).status is CourseStatus.AWAITING_MEDICAL


def test_cleared_of_an_older_request_after_a_newer_not_cleared_never_approves() -> None:
    course = answered(awaiting_medical(), AssessmentOutcome.MORE_INFO)
    course = answered(
        evaluated(course, request_id=SECOND), AssessmentOutcome.NOT_CLEARED, request_id=SECOND
    )
    course = answered(course, AssessmentOutcome.CLEARED, request_id=REQUEST)
    assert not advanced(course).ever_approved


def test_more_info_lets_intake_ask_with_a_new_request() -> None:
    course = answered(awaiting_medical(), AssessmentOutcome.MORE_INFO)
    again = evaluated(course, request_id=SECOND)
    assert again.status is CourseStatus.AWAITING_MEDICAL
    assert again.request is not None
    assert again.request.request_id == SECOND
    assert again.plan is not None
    assert again.plan.version == 2


def test_an_open_request_is_not_asked_twice() -> None:
    with pytest.raises(Refused) as refused:
        evaluated(awaiting_medical(), request_id=SECOND)
    assert slugs(refused) == ["assessment-pending"]


def test_a_finding_after_the_request_asks_the_prescriber_anew() -> None:
    change = screened(awaiting_medical(), review_flags=1, request_id=SECOND, now=MORNING)
    assert change.events == (
        MedicalAssessmentRequested(at=MORNING, request_id=SECOND, review_flags=1),
    )
    stale = answered(change.state, AssessmentOutcome.CLEARED, request_id=REQUEST)
    assert advanced(stale).status is CourseStatus.AWAITING_MEDICAL


def test_history_without_new_findings_asks_nobody() -> None:
    change = screened(awaiting_medical(), review_flags=0, request_id=SECOND, now=MORNING)
    assert change.events == ()
    assert change.state == awaiting_medical()


def test_not_cleared_before_any_approval_goes_back_to_screening() -> None:
    course = answered(awaiting_medical(), AssessmentOutcome.NOT_CLEARED)
    assert course.status is CourseStatus.SCREENING
    assert not course.ever_approved


def test_one_person_who_evaluates_and_assesses_approves_nobody() -> None:
    """F19, C-14: two authors; whom nobody can name has not been shown to be another."""
    for assessor in (THERAPIST, None):
        course = answered(awaiting_medical(), AssessmentOutcome.CLEARED, assessed_by=assessor)
        decision = approval_decision(course, Circumstances(), now=MORNING)
        assert [refusal.slug for refusal in decision.refusals] == ["evaluated-by-two-people"]
        assert not advanced(course).ever_approved
    again = answered(evaluated(course, request_id=SECOND), AssessmentOutcome.CLEARED, SECOND)
    assert advanced(again).status is CourseStatus.APPROVED


def test_an_open_request_does_not_keep_a_negative_evaluation_waiting() -> None:
    course = evaluated(awaiting_medical(), outcome=EvaluationOutcome.NOT_SUITABLE)
    assert course.status is CourseStatus.SCREENING
    late = answered(course, AssessmentOutcome.CLEARED)
    assert not advanced(late).ever_approved


def test_nobody_is_approved_without_an_agreed_plan() -> None:
    unplanned = replace(cleared(), plans=())
    decision = approval_decision(unplanned, Circumstances(), now=MORNING)
    assert [refusal.slug for refusal in decision.refusals] == ["plan-agreed"]


def test_an_approval_waits_for_the_owner_of_each_open_hold() -> None:
    circumstances = Circumstances(
        open_holds=("h1", "h2"), holds_lifted_by=("intake", "prescribing")
    )
    (refusal,) = approval_decision(cleared(), circumstances, now=MORNING).refusals
    assert [unblock.owner for unblock in refusal.unblocks_with] == ["intake", "prescribing"]


def test_a_plan_is_agreed_anew_and_the_old_one_stays() -> None:
    first = evaluated(in_screening())
    second = evaluate(
        answered(first, AssessmentOutcome.MORE_INFO),
        outcome=EvaluationOutcome.SUITABLE,
        author_ref=THERAPIST,
        planned_sessions=3,
        goals="work again",
        route_preference=Route.IM,
        review_flags=0,
        request_id=SECOND,
        now=later(days=1),
    ).state
    assert [(p.version, p.planned_sessions, p.route_preference) for p in second.plans] == [
        (1, 6, None),
        (2, 3, Route.IM),
    ]
    approved = advanced(answered(second, AssessmentOutcome.CLEARED, SECOND))
    assert approved.approval is not None
    assert approved.approval.plan_version == 2


def test_a_plan_promises_no_route_that_the_clinic_does_not_give() -> None:
    require_route_offered((Route.SL, Route.IM), Route.IM)
    require_route_offered((Route.SL,), None)
    with pytest.raises(Refused) as refused:
        require_route_offered((Route.SL, Route.IM), Route.IV)
    assert slugs(refused) == ["route-not-offered"]
