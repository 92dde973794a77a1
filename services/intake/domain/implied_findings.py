"""Findings that nobody states, because an indication or a questionnaire says them (3.10, F06, F07).

A score alone never excludes anybody: it holds in a crisis, or asks for a prescriber's eye.
"""

from collections.abc import Iterable
from typing import Final

from services.intake.domain.instruments import THOUGHTS, Instrument, InstrumentScore
from services.intake.domain.scoring import is_emergent
from shared.protocol import FindingCode, Indication, ScreeningCuts

BY_INDICATION: Final = {
    Indication.BIPOLAR: FindingCode.BIPOLAR_DX,
    Indication.ADDICTION: FindingCode.SUD_AS_INDICATION,
    Indication.SUICIDAL_IDEATION: FindingCode.SUICIDALITY_AS_INDICATION,
}
"""Always reviewed, or held, also when nobody lists them (F06, F07, C-07, C-09)."""

_EIGHT_ITEMS_AT_MOST: Final = 24
"""A PHQ-9 above this has its ninth item answered, whoever counted it."""


def implied_by(
    indications: Iterable[Indication], scores: Iterable[InstrumentScore], cuts: ScreeningCuts
) -> tuple[FindingCode, ...]:
    """Each code once, in the order in which the form brings them up."""
    by_indication = (BY_INDICATION[one] for one in indications if one in BY_INDICATION)
    return tuple(dict.fromkeys((*by_indication, *_by_scores(tuple(scores), cuts))))


def _by_scores(scores: tuple[InstrumentScore, ...], cuts: ScreeningCuts) -> Iterable[FindingCode]:
    """Thoughts of death that the same form does not assess any further count as a crisis."""
    risk = [one for one in scores if one.instrument is Instrument.CSSRS]
    thoughts = any(_tells_of_thoughts(one) for one in scores)
    assessed = any(one.complete for one in risk)
    if any(is_emergent(one, cuts) for one in risk) or (thoughts and not assessed):
        yield FindingCode.SUICIDALITY_HIGH
    elif thoughts:
        yield FindingCode.SUICIDAL_THOUGHTS
    if any(o.instrument is Instrument.AUDIT and o.score >= cuts.audit_review for o in scores):
        yield FindingCode.SUBSTANCE_USE_SCREEN_HIGH


def _tells_of_thoughts(scored: InstrumentScore) -> bool:
    if scored.instrument is not Instrument.PHQ9:
        return False
    if not scored.complete:
        return scored.score > _EIGHT_ITEMS_AT_MOST
    return bool(scored.answers[THOUGHTS])
