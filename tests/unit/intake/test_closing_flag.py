"""The flag of a closing: whose goes first, and what it forbids while it stands (ruling 7)."""

from uuid import UUID

import pytest

from services.intake.domain.close_course import (
    usual_followup,
)
from services.intake.domain.closing import ClosingCause
from services.intake.domain.eligibility import evaluate, revoke_approval, screened
from services.intake.domain.vocabulary import CourseOutcome, CourseStatus, EvaluationOutcome
from shared.decisions import Refused
from tests.unit.intake.closings import (
    FREE,
    caused,
    commanded,
    settled,
)
from tests.unit.intake.courses import (
    MORNING,
    REQUEST,
    active,
    advanced,
    in_screening,
    later,
    slugs,
)


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


def test_what_is_found_while_the_flag_stands_is_kept_for_when_it_comes_down() -> None:
    """Findings are negatives: a closing that is refused later must not have lost one (F27)."""
    from tests.unit.intake.courses import awaiting_medical

    closing = commanded(awaiting_medical(), CourseOutcome.CLINICIAN_STOPPED)
    kept = screened(closing, review_flags=1, request_id=UUID(int=23), now=MORNING).state
    assert kept.closing == closing.closing
    assert kept.request is not None
    assert kept.request.review_flags == 1
    over = settled(closing, FREE)
    with pytest.raises(Refused) as refused:
        screened(over, review_flags=1, request_id=UUID(int=23), now=MORNING)
    assert slugs(refused) == ["course-over"]


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
