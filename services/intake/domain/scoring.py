"""Counting a questionnaire by its own rule (3.10): from the answers, never from an impression."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from services.intake.domain.instruments import (
    BEHAVIOUR_EVER,
    BEHAVIOUR_RECENT,
    HIGHEST,
    IDEATION,
    ITEMS,
    Answers,
    Instrument,
    InstrumentScore,
)
from shared.decisions import Unblock, refuse
from shared.protocol import ScreeningCuts


class Band(StrEnum):
    """What the authors of an instrument call a score. Shown to people, told to nobody."""

    BELOW_CUT = "below_cut"
    AT_CUT = "at_cut"
    MINIMAL = "minimal"
    MILD = "mild"
    MODERATE = "moderate"
    MODERATELY_SEVERE = "moderately_severe"
    SEVERE = "severe"
    LOW_RISK = "low_risk"
    HAZARDOUS = "hazardous"
    HIGH_RISK = "high_risk"
    PROBABLE_DEPENDENCE = "probable_dependence"


_BANDS: Final[Mapping[Instrument, tuple[tuple[int, Band], ...]]] = {
    Instrument.PHQ9: (
        (20, Band.SEVERE),
        (15, Band.MODERATELY_SEVERE),
        (10, Band.MODERATE),
        (5, Band.MILD),
        (0, Band.MINIMAL),
    ),
    Instrument.GAD7: (
        (15, Band.SEVERE),
        (10, Band.MODERATE),
        (5, Band.MILD),
        (0, Band.MINIMAL),
    ),
    Instrument.AUDIT: (
        (20, Band.PROBABLE_DEPENDENCE),
        (16, Band.HIGH_RISK),
        (8, Band.HAZARDOUS),
        (0, Band.LOW_RISK),
    ),
}


def counted(instrument: Instrument, answers: Answers) -> InstrumentScore:
    """The score of a filled-in form; refused unless every item that the form asks is answered.

    Of the C-SSRS it is the highest question on ideation answered with yes; of all others the sum.
    """
    _require_items(instrument, answers)
    _require_in_range(instrument, answers)
    _require_answered(instrument, answers)
    if instrument is Instrument.CSSRS:
        _require_consistent_behaviour(answers)
        yes = (number for number in range(IDEATION, 0, -1) if answers[number - 1])
        score = next(yes, 0)
    else:
        score = sum(answer or 0 for answer in answers)
    return InstrumentScore(instrument=instrument, score=score, answers=answers)


def totalled(instrument: Instrument, score: int) -> InstrumentScore:
    """A score that was counted elsewhere, without its answers; refused if it cannot be one."""
    if not 0 <= score <= HIGHEST[instrument]:
        refuse(
            "score-out-of-range",
            "3.10",
            Unblock(fact="score", owner="intake", action="check the score"),
            instrument=instrument.value,
            highest=HIGHEST[instrument],
        )
    return InstrumentScore(instrument=instrument, score=score)


def band(scored: InstrumentScore, cuts: ScreeningCuts) -> Band:
    """The band of a score; where the instrument has none, on which side of the clinic's cut."""
    if scored.instrument is Instrument.CSSRS:
        return _risk(scored, cuts)
    bands = _BANDS.get(scored.instrument)
    if bands is not None:
        return next(name for least, name in bands if scored.score >= least)
    return Band.AT_CUT if reaches_cut(scored, cuts) else Band.BELOW_CUT


def reaches_cut(scored: InstrumentScore, cuts: ScreeningCuts) -> bool:
    """Whether a score is at the cut from which the clinic takes the screen for positive."""
    return scored.score >= least_positive(cuts)[scored.instrument]


def least_positive(cuts: ScreeningCuts) -> dict[Instrument, int]:
    """The score of each instrument from which the clinic takes the screen for positive."""
    return {
        Instrument.PHQ9: cuts.phq9,
        Instrument.GAD7: cuts.gad7,
        Instrument.PCL5: cuts.pcl5,
        Instrument.AUDIT: cuts.audit,
        Instrument.DAST10: cuts.dast10,
        Instrument.CSSRS: cuts.cssrs_emergent,
    }


def is_emergent(scored: InstrumentScore, cuts: ScreeningCuts) -> bool:
    """C-SSRS: intent or plan in the past month, or behaviour in the past three (C-09)."""
    recent = scored.complete and scored.answers[BEHAVIOUR_RECENT] == 1
    return recent or scored.score >= cuts.cssrs_emergent


def _risk(scored: InstrumentScore, cuts: ScreeningCuts) -> Band:
    if is_emergent(scored, cuts):
        return Band.HIGH_RISK
    ever = scored.complete and scored.answers[BEHAVIOUR_EVER] == 1
    if ever or scored.score >= 3:
        return Band.MODERATE
    return Band.LOW_RISK if scored.score else Band.MINIMAL


def _require_items(instrument: Instrument, answers: Answers) -> None:
    if len(answers) != len(ITEMS[instrument]):
        refuse(
            "wrong-number-of-answers",
            "3.10",
            Unblock(fact="answers", owner="intake", action="give one answer for each item"),
            instrument=instrument.value,
            items=len(ITEMS[instrument]),
            answers=len(answers),
        )


def _require_in_range(instrument: Instrument, answers: Answers) -> None:
    wrong = tuple(
        str(number)
        for number, (answer, allowed) in enumerate(
            zip(answers, ITEMS[instrument], strict=True), start=1
        )
        if answer is not None and answer not in allowed
    )
    if wrong:
        refuse(
            "answer-out-of-range",
            "3.10",
            Unblock(fact="answers", owner="intake", action="check the answers to these items"),
            instrument=instrument.value,
            items=wrong,
        )


def _require_answered(instrument: Instrument, answers: Answers) -> None:
    skipped = _may_be_skipped(instrument, answers)
    missing = tuple(
        str(number)
        for number, answer in enumerate(answers, start=1)
        if answer is None and number not in skipped
    )
    if missing:
        refuse(
            "answer-missing",
            "3.10",
            Unblock(fact="answers", owner="intake", action="answer these items too"),
            instrument=instrument.value,
            items=missing,
        )


def _may_be_skipped(instrument: Instrument, answers: Answers) -> frozenset[int]:
    """Items that the form itself leads past: AUDIT for who never drinks, or never to excess."""
    if instrument is Instrument.AUDIT:
        if answers[0] == 0:
            return frozenset(range(2, 9))
        return frozenset(range(4, 9)) if answers[1] == 0 and answers[2] == 0 else frozenset()
    if instrument is Instrument.CSSRS:
        return frozenset({3, 4, 5}) if answers[1] == 0 else frozenset()
    return frozenset()


def _require_consistent_behaviour(answers: Answers) -> None:
    if answers[BEHAVIOUR_RECENT] == 1 and answers[BEHAVIOUR_EVER] == 0:
        refuse(
            "answers-contradict",
            "3.10",
            Unblock(fact="answers", owner="intake", action="ask again about behaviour"),
            instrument=Instrument.CSSRS.value,
            items=("6", "7"),
        )
