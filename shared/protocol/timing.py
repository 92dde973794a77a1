"""How long effects last, by timing profile: minutes after the dose (F61 to F63, clinical 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.protocol.section import Section
from shared.protocol.vocabulary import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingProfile(Section):
    """Minutes after the dose. A decision about safety uses the latest number (C-05)."""

    route: Route
    onset: int
    peak_until: int
    offset_min: int
    offset_max: int


BUILT_IN_PROFILES: Final[Mapping[str, TimingProfile]] = MappingProxyType(
    {
        "SL-STD": TimingProfile(
            route=Route.SL, onset=15, peak_until=55, offset_min=115, offset_max=175
        ),
        "IM-STD": TimingProfile(
            route=Route.IM, onset=5, peak_until=20, offset_min=60, offset_max=120
        ),
        "IN-STD": TimingProfile(
            route=Route.IN, onset=10, peak_until=30, offset_min=60, offset_max=120
        ),
        # 120 and more: the observation of two hours is the floor, not the end.
        "IN-ESK": TimingProfile(
            route=Route.IN, onset=10, peak_until=40, offset_min=120, offset_max=120
        ),
        "PO-STD": TimingProfile(
            route=Route.PO, onset=45, peak_until=120, offset_min=120, offset_max=240
        ),
        # The peak lasts until the end of an infusion of 40 minutes.
        "IV-STD": TimingProfile(
            route=Route.IV, onset=1, peak_until=40, offset_min=60, offset_max=120
        ),
    }
)

ESKETAMINE_PROFILE: Final = "IN-ESK"
