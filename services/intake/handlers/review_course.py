"""The review of a course: the first role proposes, the other signs the same (INV-18)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.close_course import close_by_cause, usual_followup
from services.intake.domain.closing import ClosingCause
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import dosed_count
from services.intake.domain.review import (
    Review,
    ReviewStatus,
    apply_review,
    propose,
    same_decision,
    sign,
)
from services.intake.domain.vocabulary import CourseOutcome, ReviewDecision
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from services.intake.handlers.settle_closing import flag_raised, settle_closing
from shared.decisions import Unblock, refuse
from shared.protocol import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCourse:
    course_id: UUID
    decision: ReviewDecision
    covers_until_session_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignReview:
    review_id: UUID


async def review_course(command: ReviewCourse, begin: Begin, peers: Peers) -> Review:
    """Propose a review, or sign the one that waits if it says the same."""
    async with begin() as uow:
        course = await uow.courses.get(command.course_id)
        waiting = await uow.reviews.find_by(
            course_id=course.id, status=ReviewStatus.AWAITING_SIGNATURE.value
        )
        if waiting is None:
            review = await _propose(uow, course, command, uow.new_id())
        elif same_decision(
            waiting,
            decision=command.decision,
            covers_until_session_no=command.covers_until_session_no,
        ):
            review = await _sign(uow, course, waiting)
        else:
            _require_own(uow, waiting)
            review = await _propose(uow, course, command, waiting.id)
        await uow.conclude(review)
    await _settle(review, begin, peers)
    return review


async def sign_review(command: SignReview, begin: Begin, peers: Peers) -> Review:
    async with begin() as uow:
        waiting = await uow.reviews.get(command.review_id)
        review = await _sign(uow, await uow.courses.get(waiting.course_id), waiting)
        await uow.conclude(review)
    await _settle(review, begin, peers)
    return review


async def _propose(
    uow: UnitOfWork, course: TreatmentCourse, command: ReviewCourse, review_id: UUID
) -> Review:
    facts = await uow.facts.get(course.id, course.client_id)
    protocol = await uow.protocol_of(course.id)
    return await uow.reviews.save(
        propose(
            course,
            review_id=review_id,
            decision=command.decision,
            covers_until_session_no=command.covers_until_session_no,
            dosed_count=dosed_count(facts),
            review_every=protocol.course.review_every,
            role=Role(uow.actor.role),
            ref=uow.actor.ref,
            now=uow.now,
        )
    )


async def _sign(uow: UnitOfWork, course: TreatmentCourse, waiting: Review) -> Review:
    review = await uow.reviews.save(
        sign(waiting, role=Role(uow.actor.role), ref=uow.actor.ref, now=uow.now)
    )
    if not review.complete:
        return review
    reviewed = await uow.courses.save(apply_review(course, review, now=uow.now))
    if review.decision is ReviewDecision.STOP:
        protocol = await uow.protocol_of(course.id)
        flagged = await uow.courses.save(
            close_by_cause(
                reviewed,
                closing_id=uow.new_id(),
                cause=ClosingCause.REVIEWED_TO_STOP,
                outcome=CourseOutcome.CLINICIAN_STOPPED,
                followup_due_at=usual_followup(
                    CourseOutcome.CLINICIAN_STOPPED,
                    days=protocol.course.followup_days,
                    now=uow.now,
                ),
                now=uow.now,
            )
        )
        await flag_raised(uow, flagged)
    else:
        await advance_course(uow, reviewed)
    return review


def _require_own(uow: UnitOfWork, waiting: Review) -> None:
    """Who proposed may change their mind; the other role either signs, or the two talk."""
    if any(signature.role.value != uow.actor.role for signature in waiting.signatures):
        refuse(
            "review-says-otherwise",
            "6.1",
            Unblock(fact="review", owner="intake", action="agree on one decision"),
            review_id=str(waiting.id),
            decision=waiting.decision.value,
            covers_until_session_no=waiting.covers_until_session_no,
        )


async def _settle(review: Review, begin: Begin, peers: Peers) -> None:
    if review.complete and review.decision is ReviewDecision.STOP:
        await settle_closing(review.course_id, begin, peers)
