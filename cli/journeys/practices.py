"""How each clinic whose protocol is shipped works, as far as a journey shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How one clinic works, as far as a journey shows it."""

    programme: str = "mood"
    indications: tuple[str, ...] = ("depression",)
    findings: tuple[str, ...] = ()
    consultation: bool = False
    preparations: int = 2
    talks: str = "in_clinic"
    medicine: Mapping[str, Any] = field(default_factory=dict)
    amount_mg: int = 200
    block_minutes: int = 180
    ends: str = "12:30"
    restricted_until: str = "20:30"
    certified: bool = False
    crisis: bool = False
    """Treated for suicidal thoughts: held, let go by both with a plan, and asked early (F101)."""
    followup_days: int = 30


PRACTICES: Final[Mapping[str, Practice]] = {
    "default": Practice(),
    "beverly_hills": Practice(consultation=True, preparations=1),
    "california_virtual": Practice(
        talks="virtual",
        indications=("bipolar", "suicidal_ideation"),
        findings=("bipolar_dx",),
        crisis=True,
    ),
    "collaborative_lozenge": Practice(),
    "what_to_expect": Practice(
        preparations=1,
        medicine={"route": "IM", "timing_profile": "IM-STD", "amount_mg": 75},
        amount_mg=75,
        block_minutes=90,
        ends="10:55",
        restricted_until="18:55",
        followup_days=14,
    ),
    "mood_and_pain": Practice(programme="pain", indications=("chronic_pain",), preparations=1),
    "esketamine": Practice(
        medicine={"route": "IN", "timing_profile": "IN-ESK", "amount_mg": 84},
        amount_mg=84,
        block_minutes=150,
        ends="12:00",
        restricted_until="12:00",
        certified=True,
    ),
}
