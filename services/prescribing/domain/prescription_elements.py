"""What a prescription has to say besides how much: the required elements (section 3.11)."""

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.protocol import ESKETAMINE_PROFILE, Route


class Drug(StrEnum):
    KETAMINE = "ketamine"
    ESKETAMINE = "esketamine"


class DrugForm(StrEnum):
    LOZENGE = "lozenge"
    RAPIDLY_DISSOLVING_TABLET = "rapidly_dissolving_tablet"
    TABLET = "tablet"
    ORAL_SOLUTION = "oral_solution"
    SOLUTION_FOR_INJECTION = "solution_for_injection"
    NASAL_SPRAY = "nasal_spray"


class DispenseMode(StrEnum):
    """F13: nothing is taken home; dosing is in the clinic only (C-12, section 9)."""

    IN_CLINIC = "in_clinic"
    TAKE_HOME = "take_home"


class DoseTier(StrEnum):
    """What the prescriber aims at (F58, C-19). Stays in this service."""

    LOW = "low"
    MODERATE = "moderate"


FORMS: Final[Mapping[Route, tuple[DrugForm, ...]]] = MappingProxyType(
    {
        Route.SL: (DrugForm.LOZENGE, DrugForm.RAPIDLY_DISSOLVING_TABLET),
        Route.PO: (DrugForm.TABLET, DrugForm.LOZENGE, DrugForm.ORAL_SOLUTION),
        Route.IM: (DrugForm.SOLUTION_FOR_INJECTION,),
        Route.IV: (DrugForm.SOLUTION_FOR_INJECTION,),
        Route.IN: (DrugForm.NASAL_SPRAY,),
    }
)
"""The forms of each route (F56); the first one is meant where nothing else is said."""

IN_THE_CLINIC: Final = "To be taken in the clinic, under supervision. Not to be taken home."
"""The directions where the prescriber gives no others (F12, F13)."""


def usual_form(route: Route) -> DrugForm:
    return FORMS[route][0]


def drug_of(timing_profile: str) -> Drug:
    return Drug.ESKETAMINE if timing_profile == ESKETAMINE_PROFILE else Drug.KETAMINE


def units_for(amount_mg: float, strength_mg: float) -> int:
    """Whole units of this strength that hold the amount."""
    return max(1, math.ceil(amount_mg / strength_mg - 1e-9))
