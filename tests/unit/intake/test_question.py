"""Questions of the client (F43)."""

from uuid import UUID

import pytest

from services.intake.domain.question import QuestionStatus, answer, ask
from shared.decisions import Refused
from tests.unit.intake.courses import CLIENT, COURSE, MORNING, THERAPIST, slugs


def test_a_question_is_open_until_it_is_answered_once() -> None:
    question = ask(
        question_id=UUID(int=7),
        client_id=CLIENT,
        course_id=COURSE,
        text="Does it hurt?",
        now=MORNING,
    ).state
    assert question.status is QuestionStatus.OPEN
    answered = answer(question, text="No.", answered_by=THERAPIST, now=MORNING).state
    assert answered.status is QuestionStatus.ANSWERED
    with pytest.raises(Refused) as refused:
        answer(answered, text="Yes.", answered_by=THERAPIST, now=MORNING)
    assert slugs(refused) == ["question-answered"]
    assert answered.answer == "No."
