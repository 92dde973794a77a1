"""How far a course is: derived from facts, whatever their order (ruling 20)."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.approval_rules import Circumstances
from services.intake.domain.course import TERMINAL, UNDER_WAY
from services.intake.domain.progress import advance, status_now
from services.intake.domain.transitions import TRANSITIONS, Trigger
from services.intake.domain.vocabulary import CourseStatus
from tests.unit.intake.courses import (
    APPROVAL,
    MORNING,
    active,
    advanced,
    approved,
    in_review,
    in_screening,
    inquiry,
    later,
)

CIRCUMSTANCES = st.builds(
    Circumstances,
    preparation_begun=st.booleans(),
    preparation_met=st.booleans(),
    treatment_consent=st.booleans(),
    dosed_count=st.integers(0, 8),
    open_holds=st.sampled_from([(), ("h",)]),
)


def test_a_preparation_session_with_consent_begins_preparing() -> None:
    course = advanced(approved(), preparation_begun=True, treatment_consent=True)
    assert course.status is CourseStatus.PREPARING


def test_a_preparation_session_without_consent_does_not() -> None:
    assert advanced(approved(), preparation_begun=True).status is CourseStatus.APPROVED


def test_losing_consent_while_preparing_goes_back() -> None:
    preparing = advanced(approved(), preparation_begun=True, treatment_consent=True)
    assert advanced(preparing, preparation_begun=True).status is CourseStatus.APPROVED


def test_preparation_met_and_approved_is_active() -> None:
    assert active().status is CourseStatus.ACTIVE


def test_preparation_before_the_approval_counts_when_the_approval_comes() -> None:
    from tests.unit.intake.courses import cleared

    waiting = advanced(cleared(), preparation_met=True, open_holds=("h",))
    assert waiting.status is CourseStatus.AWAITING_MEDICAL
    assert advanced(waiting, preparation_met=True).status is CourseStatus.ACTIVE


def test_the_sixth_dose_brings_the_review_and_the_fifth_does_not() -> None:
    assert active(dosed_count=5).status is CourseStatus.ACTIVE
    assert active(dosed_count=6).status is CourseStatus.IN_REVIEW


def test_a_corrected_count_takes_the_review_back() -> None:
    assert advanced(in_review(), preparation_met=True, dosed_count=5).status is CourseStatus.ACTIVE


def test_an_approval_that_runs_out_sends_the_course_to_screening() -> None:
    course = active()
    facts = Circumstances(preparation_met=True)
    assert status_now(course, facts, now=later(days=179)) is CourseStatus.ACTIVE
    assert status_now(course, facts, now=later(days=180)) is CourseStatus.SCREENING
    assert advanced(course, now=later(days=180)).status is CourseStatus.SCREENING


@given(CIRCUMSTANCES)
def test_nothing_but_an_approval_brings_a_course_under_way(facts: Circumstances) -> None:
    for course in (inquiry(), in_screening()):
        after = advance(course, facts, approval_id=APPROVAL, now=MORNING)
        assert after.state == course
        assert after.events == ()


@given(st.lists(CIRCUMSTANCES, max_size=6), CIRCUMSTANCES)
def test_the_last_facts_alone_decide_the_state(
    before: list[Circumstances], last: Circumstances
) -> None:
    course = approved()
    for facts in before:
        course = advance(course, facts, approval_id=APPROVAL, now=MORNING).state
    after = advance(course, last, approval_id=APPROVAL, now=MORNING).state
    directly = advance(approved(), last, approval_id=APPROVAL, now=MORNING).state
    assert after == directly
    assert after.status in UNDER_WAY


@given(CIRCUMSTANCES)
def test_looking_again_changes_nothing(facts: Circumstances) -> None:
    once = advance(approved(), facts, approval_id=APPROVAL, now=MORNING).state
    again = advance(once, facts, approval_id=APPROVAL, now=MORNING)
    assert again.state == once
    assert again.events == ()


def test_every_state_has_a_row_and_final_states_have_no_way_out() -> None:
    assert set(TRANSITIONS) == set(CourseStatus)
    assert all(not TRANSITIONS[status] for status in TERMINAL)
    assert all(TRANSITIONS[status] for status in set(CourseStatus) - TERMINAL)


def test_every_open_state_can_be_left() -> None:
    for status in set(CourseStatus) - TERMINAL:
        assert TRANSITIONS[status][Trigger.LEFT] >= TERMINAL
