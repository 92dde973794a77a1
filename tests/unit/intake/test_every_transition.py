"""Every state of a course with every command (6.1): a listed move, or a refusal with its facts.

The tables here are written from the specification, not read from the code.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

import pytest

from services.intake.domain.close_course import close_by_command
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.eligibility import (
    assessed,
    assign_care_team,
    evaluate,
    revoke_approval,
    screened,
)
from services.intake.domain.review import propose
from services.intake.domain.transitions import Trigger, move
from services.intake.domain.vocabulary import (
    AssessmentOutcome,
    CourseOutcome,
    CourseStatus,
    EvaluationOutcome,
    ReviewDecision,
)
from services.intake.domain.wishes import StatedWishes, update_wishes
from shared.decisions import Refused
from shared.protocol import Role
from tests.unit.intake.closings import FREE, commanded, settled
from tests.unit.intake.courses import (
    MORNING,
    PRESCRIBER,
    THERAPIST,
    active,
    advanced,
    approved,
    awaiting_medical,
    in_review,
    in_screening,
    inquiry,
    later,
    with_team,
)

Act = Callable[[TreatmentCourse], TreatmentCourse]
NEXT: Final = UUID(int=24)


def _ended(outcome: CourseOutcome, course: TreatmentCourse) -> TreatmentCourse:
    return settled(commanded(course, outcome), FREE)


STATES: Final[Mapping[str, TreatmentCourse]] = {
    "inquiry": with_team(inquiry()),
    "screening": in_screening(),
    "awaiting_medical": awaiting_medical(),
    "approved": approved(),
    "preparing": advanced(approved(), preparation_begun=True, treatment_consent=True),
    "active": active(),
    "in_review": in_review(),
    "completed": _ended(CourseOutcome.COMPLETED, active()),
    "declined": _ended(CourseOutcome.DECLINED, in_screening()),
    "stopped": _ended(CourseOutcome.CLIENT_STOPPED, active()),
    "closing": commanded(active()),
}


def _evaluated(outcome: EvaluationOutcome) -> Act:
    return lambda course: (
        evaluate(
            course,
            outcome=outcome,
            author_ref=THERAPIST,
            planned_sessions=6,
            goals="rest",
            review_flags=0,
            request_id=NEXT,
            now=MORNING,
        ).state
    )


def _answered(outcome: AssessmentOutcome) -> Act:
    """The answer to the newest request; where none is awaited, it is no news."""
    return lambda course: (
        assessed(
            course,
            request_id=course.request.request_id if course.request else NEXT,
            outcome=outcome,
            valid_until=later(days=180),
            source_event="e",
            at=MORNING,
            assessed_by=PRESCRIBER,
        ).state
    )


def _proposed(course: TreatmentCourse) -> TreatmentCourse:
    propose(
        course,
        review_id=UUID(int=90),
        decision=ReviewDecision.CONTINUE,
        covers_until_session_no=None,
        dosed_count=6,
        review_every=6,
        role=Role.THERAPIST,
        ref=THERAPIST,
        now=MORNING,
    )
    return course


def _closed(outcome: CourseOutcome) -> Act:
    return lambda course: (
        close_by_command(
            course,
            closing_id=UUID(int=70),
            outcome=outcome,
            dosed_count=1,
            followup_due_at=None,
            now=MORNING,
        ).state
    )


COMMANDS: Final[Mapping[str, Act]] = {
    "screen": lambda c: screened(c, review_flags=0, request_id=NEXT, now=MORNING).state,
    "suitable": _evaluated(EvaluationOutcome.SUITABLE),
    "not suitable": _evaluated(EvaluationOutcome.NOT_SUITABLE),
    "cleared": _answered(AssessmentOutcome.CLEARED),
    "not cleared": _answered(AssessmentOutcome.NOT_CLEARED),
    "revoke": lambda c: revoke_approval(c, now=MORNING).state,
    "review": _proposed,
    "stop": _closed(CourseOutcome.CLINICIAN_STOPPED),
    "decline": _closed(CourseOutcome.DECLINED),
    "team": lambda c: (
        assign_care_team(c, therapist_ref=UUID(int=13), prescriber_ref=None, now=MORNING).state
    ),
    "wish": lambda c: (
        update_wishes(c, stated=StatedWishes(music=False), on_board_sessions=(), now=MORNING).state
    ),
}

SAME, OVER, NO = "same", "course-over", "course-state-forbids"
_OVER: Final = [OVER, OVER, OVER]
EXPECTED: Final[Mapping[str, list[str]]] = {
    # inquiry, screening, awaiting, approved, preparing, active, in_review, (3 ends), closing
    "screen": ["screening", SAME, SAME, SAME, SAME, SAME, SAME, *_OVER, SAME],
    "suitable": [
        *[NO, "awaiting_medical", "assessment-pending"],
        *[SAME, SAME, SAME, SAME, *_OVER, "course-closing"],
    ],
    "not suitable": [NO, SAME, *["screening"] * 5, *_OVER, "screening"],
    "cleared": [SAME] * 11,
    "not cleared": [SAME, SAME, *["screening"] * 5, SAME, SAME, SAME, "screening"],
    "revoke": [*["no-approval-to-revoke"] * 3, *["screening"] * 4, *_OVER, "screening"],
    "review": [*[NO] * 6, SAME, *_OVER, "course-closing"],
    "stop": [*["flag"] * 7, *_OVER, "course-closing"],
    "decline": [*["flag"] * 3, *["course-was-approved"] * 4, *_OVER, "course-closing"],
    "team": [*[SAME] * 7, *_OVER, SAME],
    "wish": [*[SAME] * 7, *_OVER, SAME],
}


@pytest.mark.parametrize(
    ("state", "command", "expected"),
    [
        (state, command, expected)
        for command, row in EXPECTED.items()
        for state, expected in zip(STATES, row, strict=True)
    ],
)
def test_a_course_moves_as_listed_or_refuses(state: str, command: str, expected: str) -> None:
    course = STATES[state]
    try:
        after = COMMANDS[command](course)
    except Refused as refused:
        (refusal,) = refused.refusals
        assert refusal.slug == expected
        assert refusal.facts, "a refusal without its facts"
        return
    if expected == "flag":
        assert after.closing is not None
        assert after.status is course.status
    elif expected == SAME:
        assert after.status is course.status
    else:
        assert after.status.value == expected


def test_every_state_and_every_command_is_walked() -> None:
    assert {course.status for course in STATES.values()} == set(CourseStatus)
    assert set(EXPECTED) == set(COMMANDS)


ENDS: Final = ["completed", "declined", "stopped"]
UNDER_WAY: Final = ["approved", "preparing", "active", "in_review"]
_OF_ALL_UNDER_WAY: Final = {
    "screened": UNDER_WAY,
    "evaluated": UNDER_WAY,
    "assessed": UNDER_WAY,
    "facts_changed": [*UNDER_WAY, "screening"],
    "approval_lost": ["screening"],
    "left": [*ENDS, "screening"],
}
LISTED: Final[Mapping[str, Mapping[str, list[str]]]] = {
    "inquiry": {"screened": ["screening"], "left": ENDS},
    "screening": {
        "screened": ["screening"],
        "evaluated": ["screening", "awaiting_medical"],
        "approval_lost": ["screening"],
        "left": [*ENDS, "screening"],
    },
    "awaiting_medical": {
        "screened": ["awaiting_medical"],
        "evaluated": ["screening", "awaiting_medical"],
        "assessed": ["awaiting_medical", "approved", "screening"],
        "approval_lost": ["screening"],
        "left": [*ENDS, "screening"],
    },
    "approved": _OF_ALL_UNDER_WAY,
    "preparing": _OF_ALL_UNDER_WAY,
    "active": _OF_ALL_UNDER_WAY,
    "in_review": {**_OF_ALL_UNDER_WAY, "reviewed": ["active", "in_review"]},
    "completed": {},
    "declined": {},
    "stopped": {},
}


@pytest.mark.parametrize("status", CourseStatus)
@pytest.mark.parametrize("trigger", Trigger)
def test_no_other_move_is_made(status: CourseStatus, trigger: Trigger) -> None:
    course = next(c for c in STATES.values() if c.status is status)
    for to in CourseStatus:
        if to.value in LISTED[status.value].get(trigger.value, []):
            assert move(course, trigger, to).status is to
            continue
        with pytest.raises(Refused) as refused:
            move(course, trigger, to)
        (refusal,) = refused.value.refusals
        assert refusal.slug == "course-transition-forbidden"
        assert refusal.facts == {
            "status": status.value,
            "trigger": trigger.value,
            "to": to.value,
        }
