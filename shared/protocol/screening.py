"""What a screening finding means: absolute, or relative with a prescriber's review.

The grades are those of clinical page 1.1 (F08 to F10) and conflicts C-06 to C-09: a diagnosis is
told apart from a state, a treated addiction from an uncontrolled one, and an expected effect of
the medicine from a symptom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.protocol.holds import HoldCategory
from shared.protocol.section import Section


class Grade(StrEnum):
    """``absolute`` excludes the client; ``relative`` needs a recorded decision of a prescriber."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class FindingContext(StrEnum):
    """When it was seen. Only ``drug_expected`` is no finding at all (C-08)."""

    BASELINE = "baseline"
    DRUG_EXPECTED = "drug_expected"
    PERSISTENT = "persistent"


class FindingCode(StrEnum):
    HALLUCINATIONS = "hallucinations"
    MANIA_CURRENT = "mania_current"
    BIPOLAR_DX = "bipolar_dx"
    CARDIOVASCULAR_UNCONTROLLED = "cardiovascular_uncontrolled"
    CARDIOVASCULAR_DISEASE = "cardiovascular_disease"
    HYPERTHYROIDISM_UNCONTROLLED = "hyperthyroidism_uncontrolled"
    HYPERTHYROIDISM = "hyperthyroidism"
    SUD_ACTIVE_UNCONTROLLED = "sud_active_uncontrolled"
    SUD_REMISSION = "sud_remission"
    SUD_AS_INDICATION = "sud_as_indication"
    KETAMINE_MISUSE = "ketamine_misuse"
    SUICIDALITY_HIGH = "suicidality_high"
    SUICIDALITY_AS_INDICATION = "suicidality_as_indication"
    SUICIDAL_THOUGHTS = "suicidal_thoughts"
    SUBSTANCE_USE_SCREEN_HIGH = "substance_use_screen_high"
    PREGNANCY = "pregnancy"
    KETAMINE_HYPERSENSITIVITY = "ketamine_hypersensitivity"
    URINARY_SYMPTOMS = "urinary_symptoms"
    UNDER_AGE = "under_age"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What follows from a finding.

    ``hold`` is the category that is placed at once, if any; ``review_each_dosing_day`` asks for a
    re-screen on the day of every dose (C-06); ``source`` is the fact or conflict it comes from.
    """

    grade: Grade
    source: str
    hold: HoldCategory | None = None
    review_each_dosing_day: bool = False

    def graded(self, grade: Grade) -> "Finding":
        """The same finding under a clinic's stricter grade: absolute also places a hold."""
        return replace(self, grade=grade, hold=self.hold or HoldCategory.CONTRAINDICATION)

    def applies(self, context: FindingContext) -> bool:
        """An effect that the medicine is expected to have is no finding (C-08)."""
        return context is not FindingContext.DRUG_EXPECTED


def _absolute(source: str) -> Finding:
    return Finding(grade=Grade.ABSOLUTE, source=source, hold=HoldCategory.CONTRAINDICATION)


def _relative(source: str, *, each_dosing_day: bool = False) -> Finding:
    return Finding(grade=Grade.RELATIVE, source=source, review_each_dosing_day=each_dosing_day)


FINDINGS: Final[Mapping[FindingCode, Finding]] = MappingProxyType(
    {
        FindingCode.HALLUCINATIONS: _absolute("F08, C-08"),
        FindingCode.MANIA_CURRENT: _absolute("F08, C-06"),
        FindingCode.BIPOLAR_DX: _relative("F06, C-06", each_dosing_day=True),
        FindingCode.CARDIOVASCULAR_UNCONTROLLED: _absolute("F08"),
        FindingCode.CARDIOVASCULAR_DISEASE: _relative("F08, F09"),
        FindingCode.HYPERTHYROIDISM_UNCONTROLLED: _absolute("F08"),
        FindingCode.HYPERTHYROIDISM: _relative("F08, F09"),
        FindingCode.SUD_ACTIVE_UNCONTROLLED: _absolute("F10, C-07"),
        FindingCode.SUD_REMISSION: _relative("F10, C-07"),
        FindingCode.SUD_AS_INDICATION: _relative("F04, C-07"),
        FindingCode.KETAMINE_MISUSE: _absolute("C-07"),
        # A crisis pathway, not a refusal: the hold is lifted by both roles with a safety plan.
        FindingCode.SUICIDALITY_HIGH: Finding(
            grade=Grade.RELATIVE, source="F07, C-09", hold=HoldCategory.SUICIDALITY
        ),
        FindingCode.SUICIDALITY_AS_INDICATION: Finding(
            grade=Grade.RELATIVE, source="F07, F101, C-09", hold=HoldCategory.SUICIDALITY
        ),
        # Told, and assessed on the spot as not high: a prescriber weighs it, nothing is held.
        FindingCode.SUICIDAL_THOUGHTS: _relative("clinical 3.10, C-09"),
        FindingCode.SUBSTANCE_USE_SCREEN_HIGH: _relative("clinical 3.10, F10, C-07"),
        FindingCode.PREGNANCY: _absolute("clinical 3.11"),
        FindingCode.KETAMINE_HYPERSENSITIVITY: _absolute("clinical 3.1"),
        FindingCode.URINARY_SYMPTOMS: _relative("clinical 3.11"),
        FindingCode.UNDER_AGE: _absolute("clinical 9"),
        FindingCode.OTHER: _relative("F09"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningCuts(Section):
    """From which score on a questionnaire says something (clinical 3.10).

    The first five are shown beside a score and decide nothing. ``audit_review`` asks for a
    prescriber's eye; from question ``cssrs_emergent`` of the C-SSRS on, a screen is high (C-09).
    """

    phq9: int = 10
    gad7: int = 10
    pcl5: int = 31
    audit: int = 8
    dast10: int = 3
    audit_review: int = 16
    cssrs_emergent: int = 4
