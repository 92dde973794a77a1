"""Scores over the treatment, each beside the sessions that came before it (F65, F107)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.outcomes import outcomes
from services.intake.domain.scoring import Band, totalled
from services.intake.domain.screening import Screening, Submission
from shared.protocol import Indication, Programme, ScreeningCuts
from tests.unit.intake.courses import CLIENT, COURSE, MORNING, dosed, later, no_facts

BLANK = Screening(id=UUID(int=5), client_id=CLIENT, course_id=COURSE)


def form(days: int, *scores: InstrumentScore) -> Submission:
    return Submission(
        submitted_at=MORNING + timedelta(days=days),
        submitted_by=None,
        programme=Programme.MOOD,
        indications=(Indication.DEPRESSION,),
        scores=scores,
    )


def phq9(score: int) -> InstrumentScore:
    return totalled(Instrument.PHQ9, score)


def test_each_score_is_seen_beside_the_sessions_before_it() -> None:
    facts = dosed(
        dosed(at=later(days=2)), at=later(days=9), session=UUID(int=51), order=UUID(int=61)
    )
    screening = replace(
        BLANK, submissions=(form(0, phq9(18)), form(10, phq9(8)), form(3, phq9(14)))
    )
    found = outcomes(screening, facts, ScreeningCuts())
    assert [(one.score, one.change, one.sessions_before, one.band) for one in found] == [
        (18, 0, 0, Band.MODERATELY_SEVERE),
        (14, -4, 1, Band.MODERATE),
        (8, -10, 2, Band.MILD),
    ]


def test_two_doses_of_one_session_are_one_session() -> None:
    facts = dosed(dosed(at=later(days=2)), at=later(days=2, minutes=40), dose_seq=2)
    found = outcomes(replace(BLANK, submissions=(form(3, phq9(9)),)), facts, ScreeningCuts())
    assert [one.sessions_before for one in found] == [1]


def test_each_instrument_is_compared_with_itself() -> None:
    screening = replace(
        BLANK,
        submissions=(form(0, phq9(18)), form(5, totalled(Instrument.GAD7, 12), phq9(20))),
    )
    found = outcomes(screening, no_facts(), ScreeningCuts())
    assert [(one.instrument, one.change) for one in found] == [
        (Instrument.PHQ9, 0),
        (Instrument.GAD7, 0),
        (Instrument.PHQ9, 2),
    ]


def test_without_a_form_there_is_nothing_to_show() -> None:
    assert outcomes(BLANK, no_facts(), ScreeningCuts()) == ()
