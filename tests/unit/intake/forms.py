"""Filled-in questionnaires, as a client hands them in."""

from services.intake.domain.instruments import THOUGHTS, Answers, Instrument, InstrumentScore
from services.intake.domain.scoring import counted


def phq9(thoughts: int = 0, others: int = 1) -> InstrumentScore:
    answers = [others] * 9
    answers[THOUGHTS] = thoughts
    return counted(Instrument.PHQ9, tuple(answers))


def cssrs(*yes: int, ever: bool = False, recent: bool = False) -> InstrumentScore:
    """The screener with these questions on ideation answered with yes."""
    ideation = tuple(int(number in yes) for number in range(1, 6))
    return counted(Instrument.CSSRS, (*ideation, int(ever or recent), int(recent)))


def audit(*answers: int | None) -> InstrumentScore:
    return counted(Instrument.AUDIT, answers)


def no_answers(instrument: Instrument, items: int) -> tuple[Instrument, Answers]:
    return instrument, (0,) * items
