"""The discharge scores: five items of 0 to 2 each, summed up to ten (section 3.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.protocol import ScoreInstrument

ITEMS: Final[Mapping[ScoreInstrument, tuple[str, ...]]] = MappingProxyType(
    {
        ScoreInstrument.PADSS_MODIFIED: (
            "vital_signs",
            "activity",
            "nausea",
            "pain",
            "bleeding",
        ),
        ScoreInstrument.ALDRETE_MODIFIED: (
            "activity",
            "respiration",
            "circulation",
            "consciousness",
            "oxygen",
        ),
    }
)
MOST_PER_ITEM: Final = 2
WITHIN: Final = 0.2
"""Vitals count as those before the dose within this part of them, either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A sum of an instrument, with its items where they were asked one by one."""

    instrument: ScoreInstrument
    total: int
    items: Mapping[str, int] | None = None

    @classmethod
    def of(cls, instrument: ScoreInstrument, items: Mapping[str, int]) -> "Scored":
        """Sum the items; raises ValueError when they are not the instrument's, or out of range."""
        if set(items) != set(ITEMS[instrument]):
            raise ValueError(f"the items of {instrument} are {', '.join(ITEMS[instrument])}")
        if not all(0 <= points <= MOST_PER_ITEM for points in items.values()):
            raise ValueError(f"an item has 0 to {MOST_PER_ITEM} points")
        return cls(instrument=instrument, total=sum(items.values()), items=dict(items))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """mmHg, beats per minute, percent."""

    systolic: int
    diastolic: int
    heart_rate: int
    spo2: int

    def within(self, baseline: "Vitals") -> bool:
        """Whether pressure and pulse are back where they were before the dose."""
        pairs = (
            (self.systolic, baseline.systolic),
            (self.diastolic, baseline.diastolic),
            (self.heart_rate, baseline.heart_rate),
        )
        return all(abs(now - before) <= WITHIN * before for now, before in pairs)
