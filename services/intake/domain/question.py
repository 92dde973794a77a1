"""What the client still wants to know. Consent waits until it is answered (F43)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.events import DomainEvent
from shared.decisions import Change, refuse


class QuestionStatus(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in the client's words, and the answer they got. Neither ever leaves intake."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: QuestionStatus = QuestionStatus.OPEN
    text: str
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = None


def ask(
    *, question_id: UUID, client_id: UUID, course_id: UUID, text: str, now: datetime
) -> Change[Question, DomainEvent]:
    return Change(
        Question(id=question_id, client_id=client_id, course_id=course_id, text=text, asked_at=now)
    )


def answer(
    question: Question, *, text: str, answered_by: UUID | None, now: datetime
) -> Change[Question, DomainEvent]:
    """Answer once; what was said is not rewritten afterwards."""
    if question.status is QuestionStatus.ANSWERED:
        refuse("question-answered", "F43", question_id=str(question.id))
    return Change(
        replace(
            question,
            status=QuestionStatus.ANSWERED,
            answer=text,
            answered_at=now,
            answered_by=answered_by,
        )
    )
