"""The questionnaires of a screening (3.10). A score stays in intake; at most a hold follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.decisions import Unblock, refuse
from shared.protocol import FindingCode


class Instrument(StrEnum):
    PHQ9 = "phq9"
    GAD7 = "gad7"
    PCL5 = "pcl5"
    CSSRS = "cssrs"
    AUDIT = "audit"
    DAST10 = "dast10"


HIGHEST: Final[Mapping[Instrument, int]] = MappingProxyType(
    {
        Instrument.PHQ9: 27,
        Instrument.GAD7: 21,
        Instrument.PCL5: 80,
        Instrument.CSSRS: 5,
        Instrument.AUDIT: 40,
        Instrument.DAST10: 10,
    }
)
"""The highest score of each. Of the C-SSRS it is the highest question answered with yes."""

MOST_EMERGENT: Final = 4
"""From this question of the C-SSRS on, the screen is high (C-09)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentScore:
    instrument: Instrument
    score: int


def findings_of(scores: Iterable[InstrumentScore]) -> tuple[FindingCode, ...]:
    """What follows from scores alone; a score that the instrument cannot give is refused."""
    found: dict[FindingCode, None] = {}
    for one in scores:
        if not 0 <= one.score <= HIGHEST[one.instrument]:
            refuse(
                "score-out-of-range",
                "3.10",
                Unblock(fact="score", owner="intake", action="check the score"),
                instrument=one.instrument.value,
                highest=HIGHEST[one.instrument],
            )
        if one.instrument is Instrument.CSSRS and one.score >= MOST_EMERGENT:
            found[FindingCode.SUICIDALITY_HIGH] = None
    return tuple(found)
