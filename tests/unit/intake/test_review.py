"""No seventh dose without a review, and a review takes both roles (INV-18, C-04)."""

from uuid import UUID

import pytest

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import CourseReviewed
from services.intake.domain.review import (
    Review,
    apply_review,
    propose,
    same_decision,
    sign,
)
from services.intake.domain.vocabulary import CourseStatus, ReviewDecision
from shared.decisions import Refused
from shared.protocol import Role
from tests.unit.intake.courses import (
    MORNING,
    PRESCRIBER,
    THERAPIST,
    active,
    advanced,
    in_review,
    slugs,
)

REVIEW = UUID(int=90)


def proposed(
    decision: ReviewDecision = ReviewDecision.CONTINUE,
    covers: int | None = 12,
    course: TreatmentCourse | None = None,
) -> Review:
    return propose(
        course or in_review(),
        review_id=REVIEW,
        decision=decision,
        covers_until_session_no=covers,
        dosed_count=6,
        review_every=6,
        role=Role.THERAPIST,
        ref=THERAPIST,
        now=MORNING,
    ).state


def complete(decision: ReviewDecision = ReviewDecision.CONTINUE, covers: int = 12) -> Review:
    return sign(proposed(decision, covers), role=Role.PRESCRIBER, ref=PRESCRIBER, now=MORNING).state


def test_one_signature_waits_for_the_other() -> None:
    review = proposed()
    assert not review.complete
    assert review.missing_roles == (Role.PRESCRIBER,)
    with pytest.raises(Refused) as refused:
        apply_review(in_review(), review, now=MORNING)
    assert slugs(refused) == ["review-incomplete"]


def test_both_signatures_cover_the_next_block() -> None:
    change = apply_review(in_review(), complete(), now=MORNING)
    assert change.events == (
        CourseReviewed(
            at=MORNING,
            review_id=REVIEW,
            decision=ReviewDecision.CONTINUE,
            covers_until_session_no=12,
        ),
    )
    after = advanced(change.state, preparation_met=True, dosed_count=6)
    assert after.status is CourseStatus.ACTIVE
    assert advanced(after, preparation_met=True, dosed_count=12).status is CourseStatus.IN_REVIEW


def test_tapering_goes_on_with_fewer_sessions() -> None:
    change = apply_review(in_review(), complete(ReviewDecision.TAPER, 8), now=MORNING)
    assert advanced(change.state, preparation_met=True, dosed_count=7).status is (
        CourseStatus.ACTIVE
    )
    assert advanced(change.state, preparation_met=True, dosed_count=8).status is (
        CourseStatus.IN_REVIEW
    )


def test_stopping_covers_nothing_more() -> None:
    change = apply_review(in_review(), complete(ReviewDecision.STOP), now=MORNING)
    assert change.state.covers_until_session_no == 6
    assert change.state.status is CourseStatus.IN_REVIEW


@pytest.mark.parametrize("covers", [6, 0, 13])
def test_a_review_covers_at_least_the_next_and_at_most_one_block(covers: int) -> None:
    with pytest.raises(Refused) as refused:
        proposed(covers=covers)
    assert slugs(refused) == ["review-covers-wrong-sessions"]


def test_without_a_number_the_whole_block_is_covered() -> None:
    assert proposed(covers=None).covers_until_session_no == 12


def test_a_course_that_needs_no_review_has_none() -> None:
    with pytest.raises(Refused) as refused:
        proposed(course=active())
    assert slugs(refused) == ["course-state-forbids"]


def test_neither_a_role_nor_a_person_signs_twice() -> None:
    with pytest.raises(Refused) as role:
        sign(proposed(), role=Role.THERAPIST, ref=UUID(int=12), now=MORNING)
    assert slugs(role) == ["role-signed-already"]
    with pytest.raises(Refused) as person:
        sign(proposed(), role=Role.PRESCRIBER, ref=THERAPIST, now=MORNING)
    assert slugs(person) == ["person-signed-already"]
    with pytest.raises(Refused) as done:
        sign(complete(), role=Role.PRESCRIBER, ref=PRESCRIBER, now=MORNING)
    assert slugs(done) == ["review-complete"]


def test_a_nurse_does_not_review() -> None:
    with pytest.raises(Refused) as refused:
        sign(proposed(), role=Role.NURSE, ref=UUID(int=13), now=MORNING)
    assert slugs(refused) == ["role-does-not-review"]


@pytest.mark.parametrize(
    ("decision", "covers", "same"),
    [
        (ReviewDecision.CONTINUE, 12, True),
        (ReviewDecision.CONTINUE, None, True),
        (ReviewDecision.CONTINUE, 10, False),
        (ReviewDecision.STOP, None, False),
    ],
)
def test_the_other_role_signs_only_the_same_decision(
    decision: ReviewDecision, covers: int | None, same: bool
) -> None:
    assert same_decision(proposed(), decision=decision, covers_until_session_no=covers) is same
