"""The client's questions: kept until somebody answers them (F43)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.question import Question, answer, ask
from services.intake.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    course_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    question_id: UUID
    text: str


async def ask_question(command: AskQuestion, uow: UnitOfWork) -> Question:
    course = await uow.courses.get(command.course_id)
    return await uow.questions.save(
        ask(
            question_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.id,
            text=command.text,
            now=uow.now,
        )
    )


async def answer_question(command: AnswerQuestion, uow: UnitOfWork) -> Question:
    question = await uow.questions.get(command.question_id)
    return await uow.questions.save(
        answer(question, text=command.text, answered_by=uow.actor.ref, now=uow.now)
    )
