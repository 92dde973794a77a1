"""Reviews of a course: proposed by one role, signed by the other."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.intake.domain.review import Review
from services.intake.domain.vocabulary import ReviewDecision
from services.intake.handlers.review_course import (
    ReviewCourse,
    SignReview,
    review_course,
    sign_review,
)
from services.intake.web.fields import Body, SessionNumber
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["reviews"])


class ReviewBody(Body):
    """Without a number the whole next block of sessions is covered."""

    decision: ReviewDecision
    covers_until_session_no: SessionNumber | None = None


class ReviewView(BaseModel):
    id: UUID
    course_id: UUID
    client_id: UUID
    status: str
    decision: str
    covers_until_session_no: int
    dosed_count: int
    plan_version: int | None
    planned_sessions: int | None
    signed_roles: list[str]
    missing_roles: list[str]


class ReviewPage(BaseModel):
    items: list[ReviewView]
    next_cursor: UUID | None = None


@router.get("/courses/{course_id}/reviews", responses=problems(404))
async def reviews(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_course"))]
) -> ReviewPage:
    """The course's reviews, the oldest first."""

    async def read(uow: Any) -> ReviewPage:
        course = await uow.courses.get(course_id)
        found = await uow.reviews.list_by(course_id=course.id)
        return ReviewPage(items=[review_view(review) for review in found])

    return await call.read(read)


@router.post("/courses/{course_id}/reviews", status_code=201, responses=problems(404, 409, 412))
async def propose(
    course_id: UUID,
    body: ReviewBody,
    call: Annotated[Call, Depends(calling("review_course"))],
) -> ReviewView:
    """Propose a review; saying the same as the role before is signing it."""
    command = ReviewCourse(
        course_id=course_id,
        decision=body.decision,
        covers_until_session_no=body.covers_until_session_no,
    )
    return await call.run_gate(review_course, command, review_view)


@router.post("/reviews/{review_id}/signatures", responses=problems(404, 409, 412))
async def signature(
    review_id: UUID, call: Annotated[Call, Depends(calling("review_course"))]
) -> ReviewView:
    """Sign a review that the other role proposed."""
    return await call.run_gate(sign_review, SignReview(review_id=review_id), review_view)


def review_view(review: Review) -> ReviewView:
    return ReviewView(
        id=review.id,
        course_id=review.course_id,
        client_id=review.client_id,
        status=review.status,
        decision=review.decision,
        covers_until_session_no=review.covers_until_session_no,
        dosed_count=review.dosed_count,
        plan_version=review.plan_version,
        planned_sessions=review.planned_sessions,
        signed_roles=[signed.role for signed in review.signatures],
        missing_roles=list(review.missing_roles),
    )
