"""How the client has been over the treatment: every score, beside the doses that came before it.

The effect adds up over sessions (F65) and takes a few of them to settle (F107): who reviews a
course reads the scores in that light. Information only; nothing here decides.
"""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.facts import CourseFacts
from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.scoring import Band, band
from services.intake.domain.screening import Screening
from shared.protocol import ScreeningCuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A score in time. ``change`` is since the first of the same instrument: below 0 is better."""

    at: datetime
    instrument: Instrument
    score: int
    band: Band
    change: int
    sessions_before: int


def outcomes(screening: Screening, facts: CourseFacts, cuts: ScreeningCuts) -> tuple[Outcome, ...]:
    """Every score of the course, the oldest first."""
    first: dict[Instrument, int] = {}
    found = []
    for form in sorted(screening.submissions, key=lambda one: one.submitted_at):
        for scored in form.scores:
            before = first.setdefault(scored.instrument, scored.score)
            found.append(_outcome(scored, form.submitted_at, before, facts, cuts))
    return tuple(found)


def _outcome(
    scored: InstrumentScore, at: datetime, first: int, facts: CourseFacts, cuts: ScreeningCuts
) -> Outcome:
    dosed = {
        dose.value.session_id
        for dose in facts.doses.open.values()
        if dose.value.administered_at < at
    }
    return Outcome(
        at=at,
        instrument=scored.instrument,
        score=scored.score,
        band=band(scored, cuts),
        change=scored.score - first,
        sessions_before=len(dosed),
    )
