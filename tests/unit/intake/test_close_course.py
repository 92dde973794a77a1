"""Closing goes through a raised flag, whoever causes it (ruling 7, INV-35)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.close_course import (
    closing_decision,
    settle,
    usual_followup,
)
from services.intake.domain.closing import ClosingCause, Obstacle
from services.intake.domain.eligibility import revoke_approval
from services.intake.domain.events import ClientDeclined, CourseClosed
from services.intake.domain.vocabulary import CourseOutcome, CourseStatus
from shared.decisions import Refused
from tests.unit.intake.closings import (
    BUSY,
    DECISION,
    FLAG,
    FREE,
    RECOVERING,
    SILENT,
    caused,
    commanded,
    settled,
)
from tests.unit.intake.courses import (
    MORNING,
    active,
    advanced,
    approved,
    in_screening,
    inquiry,
    later,
    slugs,
)


def test_the_flag_is_raised_before_anything_ends() -> None:
    course = commanded(active())
    assert course.closing is not None
    assert course.status is CourseStatus.ACTIVE


def test_with_both_peers_free_the_course_closes_and_tells_it() -> None:
    change = settle(
        commanded(active(), followup_due_at=later(days=30)),
        closing_id=FLAG,
        answers=FREE,
        on_board=(),
        decision_id=DECISION,
        now=later(minutes=1),
    )
    assert change.state.status is CourseStatus.COMPLETED
    assert change.state.closing is None
    assert change.events == (
        CourseClosed(
            at=later(minutes=1),
            outcome=CourseOutcome.COMPLETED,
            followup_due_at=later(days=30),
        ),
    )


def test_a_client_in_recovery_refuses_a_command_and_the_flag_comes_down() -> None:
    course = settled(commanded(active()), BUSY)
    assert course.status is CourseStatus.ACTIVE
    assert course.closing is None
    assert course.close_refused == (RECOVERING,)


def test_own_knowledge_of_a_dose_refuses_too_when_both_peers_are_free() -> None:
    on_board = Obstacle(kind="medicine_on_board", ref=None, status="dosed", owner="scheduling")
    assert settled(commanded(active()), FREE, (on_board,)).closing is None
    assert settled(commanded(active()), FREE, (on_board,)).status is CourseStatus.ACTIVE


def test_no_answer_keeps_the_flag_up() -> None:
    course = settled(commanded(active()), SILENT)
    assert course.closing is not None
    assert course.status is CourseStatus.ACTIVE
    assert settled(course, FREE).status is CourseStatus.COMPLETED


def test_a_withdrawal_in_recovery_stays_and_closes_after_the_discharge() -> None:
    course = settled(caused(active()), BUSY)
    assert course.closing is not None
    assert course.closing.obstacles == (RECOVERING,)
    assert course.status is CourseStatus.ACTIVE
    assert settled(course, FREE).status is CourseStatus.STOPPED


def test_a_client_who_only_pauses_goes_back_to_screening() -> None:
    change = settle(
        caused(active(), outcome=None),
        closing_id=FLAG,
        answers=FREE,
        on_board=(),
        decision_id=DECISION,
        now=MORNING,
    )
    assert change.state.status is CourseStatus.SCREENING
    assert change.events == ()
    assert advanced(change.state, preparation_met=True).status is CourseStatus.SCREENING


def test_declining_tells_the_decision_and_the_end() -> None:
    course = caused(in_screening(), ClosingCause.NOT_ELIGIBLE, outcome=CourseOutcome.DECLINED)
    change = settle(
        course, closing_id=FLAG, answers=FREE, on_board=(), decision_id=DECISION, now=MORNING
    )
    assert change.state.status is CourseStatus.DECLINED
    assert change.events == (
        ClientDeclined(at=MORNING, decision_id=DECISION),
        CourseClosed(at=MORNING, outcome=CourseOutcome.DECLINED, followup_due_at=None),
    )


def test_a_course_that_was_approved_is_not_declined() -> None:
    revoked = revoke_approval(approved(), now=MORNING).state
    with pytest.raises(Refused) as refused:
        commanded(revoked, CourseOutcome.DECLINED)
    assert slugs(refused) == ["course-was-approved"]
    assert commanded(inquiry(), CourseOutcome.DECLINED).closing is not None


def test_one_dose_may_have_done_and_none_is_no_completion() -> None:
    assert commanded(active(), dosed_count=1).closing is not None
    with pytest.raises(Refused) as refused:
        commanded(active(), dosed_count=0)
    assert slugs(refused) == ["nothing-to-complete"]


def test_a_follow_up_lies_ahead() -> None:
    with pytest.raises(Refused) as refused:
        commanded(active(), followup_due_at=MORNING)
    assert slugs(refused) == ["followup-in-the-past"]


OBSTACLES = st.builds(
    Obstacle,
    kind=st.sampled_from(["session", "order", "recovery"]),
    ref=st.uuids(),
    status=st.sampled_from(["dosed", "observing", "released"]),
    owner=st.sampled_from(["scheduling", "prescribing"]),
)
ANSWERS = st.one_of(st.none(), st.lists(OBSTACLES, max_size=2).map(tuple))


@given(ANSWERS, ANSWERS, st.lists(OBSTACLES, max_size=1).map(tuple), st.booleans())
def test_a_course_closes_only_on_two_answers_without_an_obstacle(
    scheduling: tuple[Obstacle, ...] | None,
    prescribing: tuple[Obstacle, ...] | None,
    on_board: tuple[Obstacle, ...],
    by_command: bool,
) -> None:
    answers = {"scheduling": scheduling, "prescribing": prescribing}
    flagged = commanded(active()) if by_command else caused(active())
    after = settled(flagged, answers, on_board)
    free = scheduling == () and prescribing == () and not on_board
    assert after.terminal is free
    assert closing_decision(answers, on_board).allowed is free
    in_the_way = bool(scheduling or prescribing or on_board)
    assert (after.closing is None) is (free or (by_command and in_the_way))


@pytest.mark.parametrize(
    ("outcome", "into", "followed_up"),
    [
        (CourseOutcome.COMPLETED, CourseStatus.COMPLETED, True),
        (CourseOutcome.NO_RESPONSE, CourseStatus.COMPLETED, True),
        (CourseOutcome.CLINICIAN_STOPPED, CourseStatus.STOPPED, True),
        (CourseOutcome.CLIENT_STOPPED, CourseStatus.STOPPED, False),
        (CourseOutcome.TRANSFERRED, CourseStatus.STOPPED, False),
    ],
)
def test_every_way_to_end_has_its_state_and_its_follow_up(
    outcome: CourseOutcome, into: CourseStatus, followed_up: bool
) -> None:
    """F97, F105, F106: no response is as valid an end as any; care goes on where it is ours."""
    due = usual_followup(outcome, days=30, now=MORNING)
    assert due == (later(days=30) if followed_up else None)
    after = settled(commanded(active(), outcome, followup_due_at=due), FREE)
    assert after.status is into
    assert after.closed is not None
    assert (after.closed.outcome, after.closed.followup_due_at) == (outcome, due)
