"""Re-evaluating, and losing an approval again (ruling 20, INV-1)."""

from uuid import UUID

import pytest

from services.intake.domain.eligibility import (
    assessed,
    revoke_approval,
)
from services.intake.domain.events import (
    ApprovalRevoked,
)
from services.intake.domain.vocabulary import AssessmentOutcome, CourseStatus
from shared.decisions import Refused
from tests.unit.intake.courses import (
    APPROVAL,
    MORNING,
    active,
    advanced,
    answered,
    approved,
    evaluated,
    in_screening,
    later,
    slugs,
)

SECOND = UUID(int=21)
THIRD = UUID(int=22)


def test_re_evaluation_keeps_the_state_and_gives_a_new_approval() -> None:
    course = evaluated(active(), request_id=SECOND, now=later(days=30))
    assert course.status is CourseStatus.ACTIVE
    course = answered(course, AssessmentOutcome.CLEARED, request_id=SECOND, at=later(days=31))
    renewed = advanced(course, now=later(days=31), approval_id=UUID(int=31), preparation_met=True)
    assert renewed.status is CourseStatus.ACTIVE
    assert [a.approval_id for a in renewed.approvals] == [APPROVAL, UUID(int=31)]


def test_not_cleared_on_re_evaluation_takes_the_approval_back() -> None:
    course = evaluated(active(), request_id=SECOND)
    change = assessed(
        course,
        request_id=SECOND,
        outcome=AssessmentOutcome.NOT_CLEARED,
        valid_until=None,
        source_event="e",
        at=later(days=1),
    )
    assert change.state.status is CourseStatus.SCREENING
    assert change.events == (ApprovalRevoked(at=later(days=1), approval_id=APPROVAL),)


def test_revoking_reaches_every_approval_that_could_still_count() -> None:
    course = evaluated(active(), request_id=SECOND)
    course = answered(course, AssessmentOutcome.CLEARED, request_id=SECOND)
    course = advanced(course, approval_id=UUID(int=31), preparation_met=True)
    change = revoke_approval(course, now=later(days=1))
    assert {e.approval_id for e in change.events if isinstance(e, ApprovalRevoked)} == {
        APPROVAL,
        UUID(int=31),
    }
    assert change.state.status is CourseStatus.SCREENING
    assert change.state.current_approval(later(days=1)) is None


def test_there_must_be_an_approval_to_revoke() -> None:
    with pytest.raises(Refused) as refused:
        revoke_approval(in_screening(), now=MORNING)
    assert slugs(refused) == ["no-approval-to-revoke"]


def test_a_clearance_that_was_asked_before_a_revocation_approves_nothing_after_it() -> None:
    asked = evaluated(active(), request_id=SECOND)
    revoked = revoke_approval(asked, now=later(days=1)).state
    late = answered(revoked, AssessmentOutcome.CLEARED, request_id=SECOND)
    assert late == revoked
    assert advanced(late, now=later(days=1)).status is CourseStatus.SCREENING


def test_after_a_revocation_the_way_back_is_both_evaluations_again() -> None:
    revoked = revoke_approval(approved(), now=later(days=1)).state
    course = evaluated(revoked, request_id=THIRD, now=later(days=2))
    course = answered(course, AssessmentOutcome.CLEARED, request_id=THIRD, at=later(days=2))
    again = advanced(course, now=later(days=2), approval_id=UUID(int=32))
    assert again.status is CourseStatus.APPROVED
    assert again.approvals[0].revoked_at == later(days=1)
