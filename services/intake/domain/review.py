"""The review of a course after a number of doses (F103, C-04, INV-18): both roles decide it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import CourseReviewed, DomainEvent
from services.intake.domain.transitions import Trigger, move, require
from services.intake.domain.vocabulary import CourseStatus, ReviewDecision
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Role

REVIEWERS: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER})


class ReviewStatus(StrEnum):
    AWAITING_SIGNATURE = "awaiting_signature"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSignature:
    role: Role
    ref: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is to be decided, beside what was planned (F60), and who has signed it so far."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: ReviewStatus = ReviewStatus.AWAITING_SIGNATURE
    decision: ReviewDecision
    covers_until_session_no: int
    dosed_count: int
    plan_version: int | None = None
    planned_sessions: int | None = None
    signatures: tuple[ReviewSignature, ...] = ()

    @property
    def complete(self) -> bool:
        return self.status is ReviewStatus.COMPLETE

    @property
    def missing_roles(self) -> tuple[Role, ...]:
        signed = {signature.role for signature in self.signatures}
        return tuple(role for role in Role if role in REVIEWERS - signed)


def propose(
    course: TreatmentCourse,
    *,
    review_id: UUID,
    decision: ReviewDecision,
    covers_until_session_no: int | None,
    dosed_count: int,
    review_every: int,
    role: Role,
    ref: UUID | None,
    now: datetime,
) -> Change[Review, DomainEvent]:
    """The first role's decision. Going on covers at most one more block of sessions."""
    require(course, Trigger.REVIEWED)
    goes_on = decision is not ReviewDecision.STOP
    most = dosed_count + review_every
    covers = most if covers_until_session_no is None else covers_until_session_no
    if goes_on and not dosed_count < covers <= most:
        refuse(
            "review-covers-wrong-sessions",
            "C-04",
            Unblock(
                fact="covers_until_session_no",
                owner="intake",
                action=f"cover a session between {dosed_count + 1} and {most}",
            ),
            covers_until_session_no=covers,
            dosed_count=dosed_count,
            review_every=review_every,
        )
    review = Review(
        id=review_id,
        client_id=course.client_id,
        course_id=course.course_id,
        decision=decision,
        covers_until_session_no=covers if goes_on else dosed_count,
        dosed_count=dosed_count,
        plan_version=None if course.plan is None else course.plan.version,
        planned_sessions=None if course.plan is None else course.plan.planned_sessions,
    )
    return sign(review, role=role, ref=ref, now=now)


def sign(
    review: Review, *, role: Role, ref: UUID | None, now: datetime
) -> Change[Review, DomainEvent]:
    """One role signs for itself; complete when both have."""
    if review.complete:
        refuse("review-complete", "6.1", review_id=str(review.id))
    if role not in REVIEWERS:
        refuse("role-does-not-review", "6.1", *_signatures(review), role=role.value)
    if role not in review.missing_roles:
        refuse(
            "role-signed-already",
            "INV-40",
            *_signatures(review),
            role=role.value,
        )
    if ref is not None and any(signature.ref == ref for signature in review.signatures):
        refuse("person-signed-already", "INV-40", *_signatures(review), role=role.value)
    signed = replace(
        review, signatures=(*review.signatures, ReviewSignature(role=role, ref=ref, at=now))
    )
    done = not signed.missing_roles
    return Change(replace(signed, status=ReviewStatus.COMPLETE) if done else signed)


def same_decision(
    review: Review, *, decision: ReviewDecision, covers_until_session_no: int | None
) -> bool:
    """Whether the other role decides the same, so that it signs this review."""
    if decision is not review.decision:
        return False
    if covers_until_session_no is None or decision is ReviewDecision.STOP:
        return True
    return covers_until_session_no == review.covers_until_session_no


def apply_review(
    course: TreatmentCourse, review: Review, *, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    """A complete review tells the others, and covers the sessions it names.

    Where it says stop, the course is closed by whoever called this, for that needs the others.
    """
    require(course, Trigger.REVIEWED)
    if not review.complete:
        refuse(
            "review-incomplete",
            "6.1",
            *_signatures(review),
            missing=tuple(role.value for role in review.missing_roles),
        )
    covers = max(course.covers_until_session_no, review.covers_until_session_no)
    reviewed = move(
        replace(course, covers_until_session_no=covers), Trigger.REVIEWED, CourseStatus.IN_REVIEW
    )
    return Change(
        reviewed,
        (
            CourseReviewed(
                at=now,
                review_id=review.id,
                decision=review.decision,
                covers_until_session_no=covers,
            ),
        ),
    )


def _signatures(review: Review) -> tuple[Unblock, ...]:
    return tuple(
        Unblock(fact="signature", owner="intake", action=f"{role.value} signs the review")
        for role in review.missing_roles
    )
