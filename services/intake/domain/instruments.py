"""The questionnaires of a screening (3.10): how many items each has, and what an item may score.

Only numbers are here, never the wording of an item; whose words they are, and which of them may be
copied, is said in ``docs/instruments.md``. A score stays in intake; at most a hold follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias


class Instrument(StrEnum):
    PHQ9 = "phq9"
    GAD7 = "gad7"
    PCL5 = "pcl5"
    CSSRS = "cssrs"
    AUDIT = "audit"
    DAST10 = "dast10"


Answers: TypeAlias = tuple[int | None, ...]
"""One entry for each item, in the order of the form; None where the form has one skip it."""

_NO_OR_YES: Final = (0, 1)

ITEMS: Final[Mapping[Instrument, tuple[tuple[int, ...], ...]]] = MappingProxyType(
    {
        Instrument.PHQ9: (tuple(range(4)),) * 9,
        Instrument.GAD7: (tuple(range(4)),) * 7,
        Instrument.PCL5: (tuple(range(5)),) * 20,
        Instrument.CSSRS: (_NO_OR_YES,) * 7,
        Instrument.AUDIT: (tuple(range(5)),) * 8 + ((0, 2, 4),) * 2,
        Instrument.DAST10: (_NO_OR_YES,) * 10,
    }
)
"""What each item may score. DAST-10 items are given in points, one where the form gives a point.

The seven of the C-SSRS screener: five on ideation in the past month, behaviour ever, behaviour in
the past three months.
"""

HIGHEST: Final[Mapping[Instrument, int]] = MappingProxyType(
    {
        instrument: 5 if instrument is Instrument.CSSRS else sum(map(max, items))
        for instrument, items in ITEMS.items()
    }
)
"""The highest score of each. Of the C-SSRS it is the highest question answered with yes."""

THOUGHTS: Final = 8
"""Where the ninth item of the PHQ-9 stands: thoughts of death or self-harm."""

IDEATION: Final = 5
BEHAVIOUR_EVER, BEHAVIOUR_RECENT = 5, 6
"""Of the C-SSRS: how many items ask about ideation, and where behaviour stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentScore:
    """A score, with the answers that it was counted from where the form itself was handed in."""

    instrument: Instrument
    score: int
    answers: Answers = ()

    @property
    def complete(self) -> bool:
        return bool(self.answers)
