"""The shortest list of what is missing: each fact once, with its owner."""

from typing import Any
from uuid import UUID

from services.intake.domain.approval_rules import Circumstances, approval_decision
from services.intake.domain.consent import Consent, open_consent
from services.intake.domain.consent_signing import withdraw
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.gates import CourseInFull, standing
from services.intake.domain.next_steps import next_step, shortest
from services.intake.domain.vocabulary import AssessmentOutcome, CourseStatus
from tests.unit.intake.closings import FREE, commanded, settled
from tests.unit.intake.courses import (
    BOTH_SCOPES,
    CLIENT,
    COURSE,
    MORNING,
    PROTOCOL,
    active,
    answered,
    approved,
    awaiting_medical,
    cleared,
    in_review,
    in_screening,
    inquiry,
    no_facts,
    signed,
)


def missing(
    course: TreatmentCourse, consent: Consent | None = None, **facts: Any
) -> list[tuple[str, str]]:
    circumstances = Circumstances(**facts)
    known = CourseInFull(
        course=course,
        circumstances=circumstances,
        consent=consent or signed(),
        facts=no_facts(),
        own_holds=(),
    )
    found = shortest([standing(known, protocol=PROTOCOL, now=MORNING)])
    return [(unblock.fact, unblock.owner) for unblock in found]


def test_nothing_is_missing_where_everything_is_there() -> None:
    assert missing(active(), preparation_met=True, treatment_consent=True) == []


def test_a_course_at_its_beginning_misses_its_next_step_once_and_the_signatures() -> None:
    blank = open_consent(consent_id=UUID(int=41), client_id=CLIENT, course_id=COURSE)
    steps = [
        (inquiry(), ("screening", "intake")),
        (in_screening(), ("psychological_evaluation", "intake")),
        (awaiting_medical(), ("MedicalAssessmentCompleted", "prescribing")),
    ]
    for course, step in steps:
        signatures = [("ConsentGranted", "intake")] * 2
        assert missing(course, blank) == [step, *signatures]


def test_a_prescriber_who_asked_for_more_waits_for_intake() -> None:
    asked = answered(awaiting_medical(), AssessmentOutcome.MORE_INFO)
    assert missing(asked) == [("psychological_evaluation", "intake")]


def test_a_cleared_client_misses_what_the_approval_lacks() -> None:
    facts: dict[str, Any] = {"open_holds": ("h",), "holds_lifted_by": ("prescribing",)}
    assert missing(cleared(), **facts) == [("SafetyHoldLifted", "prescribing")]


def test_an_approved_client_misses_the_preparation() -> None:
    assert missing(approved()) == [("SessionCompleted", "scheduling")]
    assert missing(approved(), preparation_begun=True, treatment_consent=True) == [
        ("PreparationCompleted", "scheduling")
    ]


def test_what_two_rules_wait_for_is_listed_once() -> None:
    facts: dict[str, Any] = {"preparation_met": True, "treatment_consent": True, "dosed_count": 6}
    step = next_step(in_review(), CourseStatus.IN_REVIEW, Circumstances(), MORNING)
    assert [one.fact for one in step] == ["CourseReviewed"]
    assert missing(in_review(), **facts) == [("CourseReviewed", "intake")]


def test_a_closed_course_misses_another_course() -> None:
    over = settled(commanded(active()), FREE)
    assert missing(over) == [("course", "intake")]


def test_a_withdrawn_scope_says_that_the_client_has_to_ask() -> None:
    gone = withdraw(signed(), scopes=BOTH_SCOPES, stated_at=None, now=MORNING).state
    known = CourseInFull(
        course=active(),
        circumstances=Circumstances(preparation_met=True),
        consent=gone,
        facts=no_facts(),
        own_holds=(),
    )
    actions = [one.action for one in shortest([standing(known, protocol=PROTOCOL, now=MORNING)])]
    assert all(action.startswith("if the client asks for it") for action in actions)
    assert len(actions) == 2


def test_an_allowed_decision_misses_nothing() -> None:
    assert shortest([approval_decision(cleared(), Circumstances(), now=MORNING)]) == ()
