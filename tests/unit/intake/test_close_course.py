"""Closing goes through a raised flag, whoever causes it (ruling 7, INV-35)."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.close_course import (
    close_by_cause,
    close_by_command,
    closing_decision,
    settle,
    usual_followup,
)
from services.intake.domain.closing import ClosingCause, Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.eligibility import evaluate, revoke_approval, screened
from services.intake.domain.events import ClientDeclined, CourseClosed
from services.intake.domain.vocabulary import CourseOutcome, CourseStatus, EvaluationOutcome
from shared.decisions import Refused
from tests.unit.intake.courses import (
    MORNING,
    REQUEST,
    active,
    advanced,
    approved,
    in_screening,
    inquiry,
    later,
    slugs,
)

FLAG = UUID(int=70)
DECISION = UUID(int=71)
RECOVERING = Obstacle(kind="recovery", ref=UUID(int=50), status="observing", owner="prescribing")
FREE: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": ()}
BUSY: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": (RECOVERING,)}
SILENT: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": None}


def commanded(
    course: TreatmentCourse,
    outcome: CourseOutcome = CourseOutcome.COMPLETED,
    dosed_count: int = 1,
    followup_due_at: datetime | None = None,
) -> TreatmentCourse:
    return close_by_command(
        course,
        closing_id=FLAG,
        outcome=outcome,
        dosed_count=dosed_count,
        followup_due_at=followup_due_at,
        now=MORNING,
    ).state


def caused(
    course: TreatmentCourse,
    cause: ClosingCause = ClosingCause.CONSENT_WITHDRAWN,
    outcome: CourseOutcome | None = CourseOutcome.CLIENT_STOPPED,
    closing_id: UUID = FLAG,
) -> TreatmentCourse:
    return close_by_cause(
        course, closing_id=closing_id, cause=cause, outcome=outcome, now=MORNING
    ).state


def settled(
    course: TreatmentCourse,
    answers: dict[str, tuple[Obstacle, ...] | None],
    on_board: tuple[Obstacle, ...] = (),
    closing_id: UUID = FLAG,
) -> TreatmentCourse:
    return settle(
        course,
        closing_id=closing_id,
        answers=answers,
        on_board=on_board,
        decision_id=DECISION,
        now=later(minutes=1),
    ).state


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


def test_a_closing_is_not_commanded_twice_and_what_is_over_stays_over() -> None:
    with pytest.raises(Refused) as refused:
        commanded(commanded(active()))
    assert slugs(refused) == ["course-closing"]
    with pytest.raises(Refused) as over:
        commanded(settled(commanded(active()), FREE))
    assert slugs(over) == ["course-over"]


def test_a_withdrawal_goes_before_a_closing_that_was_only_commanded() -> None:
    course = caused(commanded(active()), closing_id=UUID(int=72))
    assert course.closing is not None
    assert course.closing.cause is ClosingCause.CONSENT_WITHDRAWN
    assert not course.closing.refusable


def test_an_end_goes_before_a_pause_and_a_pause_does_not_undo_an_end() -> None:
    paused = caused(active(), outcome=None)
    ended = caused(paused, closing_id=UUID(int=72))
    assert ended.closing is not None
    assert ended.closing.into is CourseStatus.STOPPED
    assert caused(ended, outcome=None, closing_id=UUID(int=73)) == ended


def test_an_answer_to_another_flag_settles_nothing() -> None:
    course = commanded(active())
    assert settled(course, FREE, closing_id=UUID(int=99)) == course


def test_while_the_flag_stands_nothing_goes_forward() -> None:
    course = commanded(in_screening(), CourseOutcome.CLINICIAN_STOPPED)
    with pytest.raises(Refused) as refused:
        evaluate(
            course,
            outcome=EvaluationOutcome.SUITABLE,
            author_ref=None,
            planned_sessions=1,
            goals="g",
            review_flags=0,
            request_id=REQUEST,
            now=MORNING,
        )
    assert slugs(refused) == ["course-closing"]
    with pytest.raises(Refused):
        screened(course, review_flags=0, request_id=REQUEST, now=MORNING)


def test_while_the_flag_stands_nobody_is_approved_and_revoking_still_works() -> None:
    from tests.unit.intake.courses import cleared

    closing = commanded(cleared(), CourseOutcome.CLINICIAN_STOPPED)
    assert not advanced(closing).ever_approved
    revoked = revoke_approval(commanded(active()), now=MORNING).state
    assert revoked.current_approval(MORNING) is None
    assert revoked.closing is not None


@pytest.mark.parametrize("outcome", list(CourseOutcome))
def test_care_goes_on_unless_somebody_took_it_over(outcome: CourseOutcome) -> None:
    taken_over = {
        CourseOutcome.CLIENT_STOPPED,
        CourseOutcome.TRANSFERRED,
        CourseOutcome.DECLINED,
    }
    usual = usual_followup(outcome, days=30, now=MORNING)
    assert usual == (None if outcome in taken_over else later(days=30))


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
