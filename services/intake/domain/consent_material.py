"""What the client is told before signing, item by item (F24, F39, F42, F44, F45)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.protocol import ConsentScope


class Disclosure(StrEnum):
    """One thing that the material says. Its wording is the clinic's, under a version."""

    RISKS_AND_BENEFITS = "risks_and_benefits"
    ALTERNATIVES = "alternatives"
    OFF_LABEL_USE = "off_label_use"
    VOLUNTARY_AND_REVOCABLE = "voluntary_and_revocable"
    ENDING_IS_NOT_LEAVING = "ending_is_not_leaving"
    TIME_AND_FEES = "time_and_fees"
    NO_DRIVING_MACHINERY_WORK = "no_driving_machinery_work"
    TRUSTED_PERSON_TAKES_HOME = "trusted_person_takes_home"
    WHO_SEES_WHAT = "who_sees_what"
    SUBSTANCE_USE_RECORDS = "substance_use_records"
    """That all who treat may read what tells of substance use (42 CFR 2.31). It goes with
    information sharing, is offered to everybody, and may be left out."""


DISCLOSED: Final[Mapping[ConsentScope, tuple[Disclosure, ...]]] = MappingProxyType(
    {
        ConsentScope.TREATMENT: (
            Disclosure.RISKS_AND_BENEFITS,
            Disclosure.ALTERNATIVES,
            Disclosure.OFF_LABEL_USE,
            Disclosure.VOLUNTARY_AND_REVOCABLE,
            Disclosure.ENDING_IS_NOT_LEAVING,
            Disclosure.TIME_AND_FEES,
        ),
        ConsentScope.AFTERCARE_AGREEMENT: (
            Disclosure.NO_DRIVING_MACHINERY_WORK,
            Disclosure.TRUSTED_PERSON_TAKES_HOME,
            Disclosure.ENDING_IS_NOT_LEAVING,
        ),
        ConsentScope.INFORMATION_SHARING: (
            Disclosure.WHO_SEES_WHAT,
            Disclosure.VOLUNTARY_AND_REVOCABLE,
        ),
    }
)
"""What each scope is informed by. Material that lacks one of them is no material for it."""


def disclosed_for(scopes: Iterable[ConsentScope]) -> tuple[Disclosure, ...]:
    """Everything that these scopes need, each once."""
    return tuple(dict.fromkeys(item for scope in scopes for item in DISCLOSED[scope]))
