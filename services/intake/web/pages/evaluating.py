"""The psychological evaluation, the client's questions, and the reviews of a course."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.domain.vocabulary import EvaluationOutcome, ReviewDecision
from services.intake.web import courses, questions, reviews
from services.intake.web.courses import EvaluationBody
from services.intake.web.fields import Body
from services.intake.web.pages.about import about
from services.intake.web.questions import QuestionBody
from services.intake.web.reviews import ReviewBody
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/courses/{course_id}/evaluation")
async def evaluation(
    course_id: UUID, page: Annotated[Page, Depends(paged("evaluate_client"))]
) -> Response:
    """Is this the right treatment?"""
    return await _evaluation(page, course_id, Form())


@router.post("/courses/{course_id}/evaluation")
async def evaluate(
    course_id: UUID, page: Annotated[Page, Depends(paged("evaluate_client"))]
) -> Response:
    """Sign the evaluation."""
    return await page.submit(
        EvaluationBody,
        lambda body, call: courses.psychological_evaluation(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _evaluation(page, course_id, form),
    )


async def _evaluation(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "evaluation.html",
        form=form,
        outcomes=[one.value for one in EvaluationOutcome],
        questions=await questions.questions(course_id, page.call, "open"),
        **await about(course_id, page.call),
    )


@router.get("/courses/{course_id}/questions")
async def all_questions(
    course_id: UUID, page: Annotated[Page, Depends(paged("ask_question"))]
) -> Response:
    """What the client asked, and what was answered."""
    return await _questions(page, course_id, Form())


@router.post("/courses/{course_id}/questions")
async def ask(course_id: UUID, page: Annotated[Page, Depends(paged("ask_question"))]) -> Response:
    """Keep a question."""
    return await page.submit(
        QuestionBody,
        lambda body, call: questions.ask(course_id, body, call),
        then=f"/courses/{course_id}/questions",
        again=lambda form: _questions(page, course_id, form),
    )


@router.post("/courses/{course_id}/questions/{question_id}/answer")
async def answer(
    course_id: UUID,
    question_id: UUID,
    page: Annotated[Page, Depends(paged("answer_question"))],
) -> Response:
    """Answer one."""
    return await page.submit(
        QuestionBody,
        lambda body, call: questions.answer(question_id, body, call),
        then=f"/courses/{course_id}/questions",
        again=lambda form: _questions(page, course_id, form),
    )


async def _questions(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "questions.html",
        form=form,
        questions=await questions.questions(course_id, page.call),
        **await about(course_id, page.call),
    )


@router.get("/courses/{course_id}/reviews")
async def all_reviews(
    course_id: UUID, page: Annotated[Page, Depends(paged("review_course"))]
) -> Response:
    """Does the course go on?"""
    return await _reviews(page, course_id, Form())


@router.post("/courses/{course_id}/reviews")
async def propose(
    course_id: UUID, page: Annotated[Page, Depends(paged("review_course"))]
) -> Response:
    """Propose a review, or say the same as the other role."""
    return await page.submit(
        ReviewBody,
        lambda body, call: reviews.propose(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _reviews(page, course_id, form),
    )


@router.post("/courses/{course_id}/reviews/{review_id}/signature")
async def sign(
    course_id: UUID, review_id: UUID, page: Annotated[Page, Depends(paged("review_course"))]
) -> Response:
    """Sign what the other role proposed."""

    async def act(_body: Body, call: Any) -> Any:
        return await reviews.signature(review_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/courses/{course_id}",
        again=lambda form: _reviews(page, course_id, form),
    )


async def _reviews(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "reviews.html",
        form=form,
        decisions=[one.value for one in ReviewDecision],
        reviews=await reviews.reviews(course_id, page.call),
        questions=await questions.questions(course_id, page.call, "open"),
        **await about(course_id, page.call),
    )
