"""The client's questions, and the answers that consent waits for."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.intake.domain.question import Question
from services.intake.handlers.questions import (
    AnswerQuestion,
    AskQuestion,
    answer_question,
    ask_question,
)
from services.intake.web.fields import Body, Text
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["questions"])


class QuestionBody(Body):
    text: Text


class QuestionView(BaseModel):
    id: UUID
    course_id: UUID
    client_id: UUID
    status: str
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    answered_by: UUID | None


class QuestionPage(BaseModel):
    items: list[QuestionView]
    next_cursor: UUID | None = None


@router.get("/courses/{course_id}/questions", responses=problems(404))
async def questions(
    course_id: UUID,
    call: Annotated[Call, Depends(calling("read_course"))],
    status: Literal["open", "answered"] | None = None,
) -> QuestionPage:
    """The client's questions, the oldest first."""

    async def read(uow: Any) -> QuestionPage:
        course = await uow.courses.get(course_id)
        narrowed = {} if status is None else {"status": status}
        found = await uow.questions.list_by(course_id=course.id, **narrowed)
        return QuestionPage(items=[question_view(one) for one in found])

    return await call.read(read)


@router.post("/courses/{course_id}/questions", status_code=201, responses=problems(404, 409, 412))
async def ask(
    course_id: UUID,
    body: QuestionBody,
    call: Annotated[Call, Depends(calling("ask_question"))],
) -> QuestionView:
    """Keep a question of the client."""
    command = AskQuestion(course_id=course_id, text=body.text)
    return await call.run(ask_question, command, question_view)


@router.post("/questions/{question_id}/answer", responses=problems(404, 409, 412))
async def answer(
    question_id: UUID,
    body: QuestionBody,
    call: Annotated[Call, Depends(calling("answer_question"))],
) -> QuestionView:
    """Answer a question, once."""
    command = AnswerQuestion(question_id=question_id, text=body.text)
    return await call.run(answer_question, command, question_view)


def question_view(question: Question) -> QuestionView:
    return QuestionView(
        id=question.id,
        course_id=question.course_id,
        client_id=question.client_id,
        status=question.status,
        text=question.text,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
        answered_by=question.answered_by,
    )
