"""Facts about candidacy, approval and the plan, each beside the rule that keeps it."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain.approval_rules import Circumstances, approval_decision
from services.intake.domain.consent import ScopeState
from services.intake.domain.eligibility import assign_care_team, evaluate
from services.intake.domain.offered_care import require_offered, require_route_offered
from services.intake.domain.review import propose
from services.intake.domain.screening import Submission
from services.intake.domain.vocabulary import (
    AssessmentOutcome,
    CourseStatus,
    EvaluationOutcome,
    ReviewDecision,
)
from services.intake.handlers.submit_screening import SubmitScreening
from shared.decisions import Refused
from shared.protocol import (
    ClinicProtocol,
    ConsentScope,
    Course,
    FindingCode,
    Grade,
    Indication,
    Programme,
    Role,
    Route,
)
from shared.protocol.loader import CLINICS, load_protocol
from shared.protocol.screening import FINDINGS
from tests.unit.intake import courses
from tests.unit.intake.courses import MORNING, PRESCRIBER, REQUEST, THERAPIST, slugs

DEFAULT = ClinicProtocol()


def missing(course: Any) -> list[str]:
    decision = approval_decision(course, Circumstances(), now=MORNING)
    return [refusal.slug for refusal in decision.refusals]


def test_depression_is_the_first_of_what_is_treated() -> None:
    """F02 to F07."""
    assert next(iter(Indication)) is Indication.DEPRESSION
    assert {one.value for one in Indication} == {
        "depression",
        "anxiety",
        "ptsd",
        "addiction",
        "chronic_pain",
        "ocd",
        "bipolar",
        "suicidal_ideation",
    }


@pytest.mark.parametrize("indication", list(Indication))
def test_a_clinic_treats_what_its_protocol_names_and_nothing_else(indication: Indication) -> None:
    """F02, F04, F05."""
    require_offered(DEFAULT.course, Programme.MOOD, (indication,))
    others = tuple(one for one in Indication if one is not indication)
    narrow = replace(DEFAULT.course, indications=others)
    with pytest.raises(Refused) as refused:
        require_offered(narrow, Programme.MOOD, (indication,))
    assert slugs(refused) == ["indication-not-treated-here"]


def test_a_course_is_of_a_programme_that_the_clinic_has() -> None:
    """F11: mood or pain."""
    assert {one.value for one in Programme} == {"mood", "pain"}
    pain_only = Course(programmes=(Programme.PAIN,))
    require_offered(pain_only, Programme.PAIN, ())
    with pytest.raises(Refused) as refused:
        require_offered(pain_only, Programme.MOOD, ())
    assert slugs(refused) == ["programme-not-offered"]


@pytest.mark.parametrize(
    ("code", "grade"),
    [
        (FindingCode.HALLUCINATIONS, Grade.ABSOLUTE),
        (FindingCode.MANIA_CURRENT, Grade.ABSOLUTE),
        (FindingCode.CARDIOVASCULAR_UNCONTROLLED, Grade.ABSOLUTE),
        (FindingCode.CARDIOVASCULAR_DISEASE, Grade.RELATIVE),
        (FindingCode.HYPERTHYROIDISM_UNCONTROLLED, Grade.ABSOLUTE),
        (FindingCode.HYPERTHYROIDISM, Grade.RELATIVE),
        (FindingCode.SUD_ACTIVE_UNCONTROLLED, Grade.ABSOLUTE),
        (FindingCode.KETAMINE_MISUSE, Grade.ABSOLUTE),
        (FindingCode.SUD_REMISSION, Grade.RELATIVE),
        (FindingCode.SUD_AS_INDICATION, Grade.RELATIVE),
        (FindingCode.OTHER, Grade.RELATIVE),
    ],
)
def test_each_contraindication_has_its_grade(code: FindingCode, grade: Grade) -> None:
    """F08, F10, C-06, C-07: severity is graded, and what is treated is no exclusion."""
    found = DEFAULT.screening.finding(code)
    assert found.grade is grade is FINDINGS[code].grade
    assert (found.hold is not None) == (grade is Grade.ABSOLUTE)


def test_earlier_treatments_are_recorded_and_decide_nothing() -> None:
    """F03: whoever was not helped before is not refused for it, nor let in for it."""
    fields = Submission.__dataclass_fields__
    assert "prior_treatments" in fields
    assert missing(courses.cleared()) == []


def test_treatment_begins_with_a_decision_of_two() -> None:
    """F01, F14, F17, F19: each part of it alone refuses."""
    assert missing(courses.cleared()) == []
    alone = replace(
        courses.cleared(),
        care_team=replace(courses.cleared().care_team, prescriber_ref=None),
    )
    assert missing(alone) == ["care-team-complete"]
    unsigned = replace(courses.cleared(), evaluation=None)
    assert "psychologically-suitable" in missing(unsigned)
    unassessed = courses.awaiting_medical()
    assert missing(unassessed) == ["medically-cleared"]
    assert courses.advanced(unassessed).status is CourseStatus.AWAITING_MEDICAL
    assert courses.advanced(courses.cleared()).status is CourseStatus.APPROVED


def test_a_plan_is_part_of_the_decision_and_has_its_own_version() -> None:
    """F24, F25, F104: agreed before any dose, per course, with the course's own number."""
    assert missing(replace(courses.cleared(), plans=())) == ["plan-agreed"]
    first = courses.cleared().plan
    assert first is not None
    assert (first.version, first.planned_sessions) == (1, 6)
    answered = courses.answered(courses.awaiting_medical(), AssessmentOutcome.MORE_INFO)
    again = evaluate(
        answered,
        outcome=EvaluationOutcome.SUITABLE,
        author_ref=THERAPIST,
        planned_sessions=2,
        goals="less pain",
        review_flags=0,
        request_id=REQUEST,
        now=MORNING,
    ).state.plan
    assert again is not None
    assert (again.version, again.planned_sessions) == (2, 2)
    approval = courses.approved().approvals[-1]
    assert approval.plan_version == first.version


def test_the_intake_comes_before_the_medical_assessment() -> None:
    """F20, F21: nothing is asked of prescribing before the form and the evaluation are there."""
    inquiry = courses.with_team(courses.inquiry())
    with pytest.raises(Refused):
        courses.evaluated(inquiry)
    assert courses.in_screening().requests == ()
    assert [one.request_id for one in courses.awaiting_medical().requests] == [REQUEST]


def test_an_evaluation_needs_its_therapist() -> None:
    """F14: the team is named first."""
    course = courses.in_screening()
    nobody = replace(course, care_team=replace(course.care_team, therapist_ref=None))
    with pytest.raises(Refused) as refused:
        courses.evaluated(nobody)
    assert slugs(refused) == ["therapist-not-assigned"]
    team = assign_care_team(
        nobody, therapist_ref=THERAPIST, prescriber_ref=PRESCRIBER, now=MORNING
    ).state
    assert courses.evaluated(team).status is CourseStatus.AWAITING_MEDICAL


def test_an_approval_is_no_consent() -> None:
    """F22: the client is asked after it, and may still say no."""
    blank = courses.offered()
    assert courses.approved().status is CourseStatus.APPROVED
    assert blank.state(ConsentScope.TREATMENT, MORNING) is ScopeState.OFFERED
    assert not blank.active(ConsentScope.TREATMENT, MORNING)


def test_approval_has_one_name() -> None:
    """F23: the event's; a clinician's word for it is not another state."""
    assert [status.value for status in CourseStatus if "approv" in status.value] == ["approved"]


def test_the_form_asks_for_both_histories_goals_and_questions() -> None:
    """F18."""
    assert {"psychological_history", "medical_history", "goals"} <= set(
        Submission.__dataclass_fields__
    )
    assert "questions" in SubmitScreening.__dataclass_fields__


@pytest.mark.parametrize(("wish", "fine"), [(None, True), (Route.SL, True), (Route.PO, False)])
def test_a_plan_promises_no_route_that_the_clinic_does_not_give(
    wish: Route | None, fine: bool
) -> None:
    """F60: the wish is the plan's, the route the prescriber's (C-13)."""
    if fine:
        require_route_offered(DEFAULT.routes_enabled, wish)
        return
    with pytest.raises(Refused) as refused:
        require_route_offered(DEFAULT.routes_enabled, wish)
    assert slugs(refused) == ["route-not-offered"]


def test_recommended_numbers_bind_nobody_and_the_review_does() -> None:
    """F46, F102 to F104, C-04: fewer and more are as good; the seventh waits for a review."""
    for name in ("default", "beverly_hills", "collaborative_lozenge"):
        course = load_protocol(CLINICS / f"{name}.yaml").course
        assert (course.recommended_min, course.recommended_target, course.review_every) == (3, 6, 6)
    for dosed, status in (
        (1, CourseStatus.ACTIVE),
        (5, CourseStatus.ACTIVE),
        (6, CourseStatus.IN_REVIEW),
    ):
        assert courses.active(dosed_count=dosed).status is status


def test_a_review_remembers_the_plan_it_compared() -> None:
    """F60: symptoms, dosage and route enter the number; the version of the plan is kept."""
    course = courses.in_review()
    review = propose(
        course,
        review_id=courses.SESSION,
        decision=ReviewDecision.CONTINUE,
        covers_until_session_no=9,
        dosed_count=6,
        review_every=6,
        role=Role.THERAPIST,
        ref=THERAPIST,
        now=MORNING,
    ).state
    assert course.plan is not None
    assert (review.plan_version, review.planned_sessions) == (course.plan.version, 6)


def test_music_and_eyeshades_are_offered_and_may_be_declined() -> None:
    """F79, F80: both by default, touch by agreement alone."""
    wishes = courses.inquiry().preferences
    assert (wishes.music, wishes.eyeshades, wishes.touch.value) == (True, True, "none")
    quiet = replace(DEFAULT, preferences=replace(DEFAULT.preferences, music=False))
    assert not quiet.preferences.music
