"""What the readings of the day say: pass, review or hold (sections 3.7 and 3.11, C-06, C-08)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.prescribing.domain.vocabulary import CheckOutcome, MoodRescreen
from shared.protocol import (
    DrugClass,
    FindingContext,
    HoldCategory,
    InteractionAction,
    Predose,
    PregnancyTest,
)

MOOD_HIGH: Final = "mood-rescreen-high"
PREGNANT: Final = "pregnancy-test-positive"
BASELINE_PERCEPTION: Final = "perceptual-change-before-a-dose"
NOT_ON_SITE: Final = "prescriber-not-on-site"
LIST_NOT_ASKED: Final = "medication-list-not-asked"


class MoodConcern(StrEnum):
    """What a high re-screen was about; decides which hold follows (J3)."""

    SUICIDALITY = "suicidality"
    MANIA = "mania"

    @property
    def category(self) -> HoldCategory:
        if self is MoodConcern.MANIA:
            return HoldCategory.CONTRAINDICATION
        return HoldCategory.SUICIDALITY


class PregnancyResult(StrEnum):
    """``not_applicable`` is an answer as good as a test: the client cannot be pregnant."""

    NOT_DONE = "not_done"
    NEGATIVE = "negative"
    POSITIVE = "positive"
    NOT_APPLICABLE = "not_applicable"

    @property
    def answered(self) -> bool:
        return self in {PregnancyResult.NEGATIVE, PregnancyResult.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Vitals and answers before a dose. They stay in this service.

    ``food_hours`` and ``liquid_hours``: since the last of them; None where nobody asked how long.
    """

    systolic: int
    diastolic: int
    heart_rate: int
    spo2: int
    fasting_ok: bool
    pregnancy_attested: bool
    medication_changes: bool
    mood_rescreen: MoodRescreen
    mood_concern: MoodConcern = MoodConcern.SUICIDALITY
    drug_classes: tuple[DrugClass, ...] = ()
    pregnancy_test: PregnancyResult = PregnancyResult.NOT_DONE
    food_hours: float | None = None
    liquid_hours: float | None = None
    perceptual_changes: bool = False
    prescriber_on_site: bool = False
    medication_list_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the clinic knows besides the readings.

    ``tested_in_course``, ``tested_in_session``: an earlier check has an answer about pregnancy.
    ``context``: a perceptual change with a dose on board is the medicine's (C-08).
    """

    tested_in_course: bool = False
    tested_in_session: bool = False
    context: FindingContext = FindingContext.BASELINE


NOTHING_KNOWN: Final = Circumstances()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the clinic's table says of a drug that the client takes (section 3.11)."""

    drug_class: DrugClass
    action: InteractionAction
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """The outcome, the slug of each reading that made it so, and what is said of the drugs."""

    outcome: CheckOutcome
    holding: tuple[str, ...]
    reviewing: tuple[str, ...]
    advice: tuple[Advice, ...] = ()

    @property
    def findings(self) -> frozenset[str]:
        """What has a hold of its own (ruling 17)."""
        return frozenset(self.holding) & {MOOD_HIGH, *FOUND}

    @property
    def never_lifted(self) -> frozenset[str]:
        """What no lifted vitals hold passes: findings, and what a certified setting has to have.

        The latter are conditions of the programme and no reading to be weighed (section 3.1).
        """
        return self.findings | (frozenset(self.holding) & {NOT_ON_SITE, LIST_NOT_ASKED})


FOUND: Final[Mapping[str, HoldCategory]] = MappingProxyType(
    {
        PREGNANT: HoldCategory.CONTRAINDICATION,
        BASELINE_PERCEPTION: HoldCategory.CONTRAINDICATION,
    }
)
"""Findings of the day that exclude the dose; a high mood re-screen says itself which (J3)."""


def grade(readings: Readings, thresholds: Predose, known: Circumstances = NOTHING_KNOWN) -> Grading:
    """A threshold that is reached counts as crossed; the worst reading decides."""
    holding = (*_holding(readings, thresholds, known), *_setting(readings, thresholds))
    reviewing = tuple(_reviewing(readings, thresholds))
    if holding:
        outcome = CheckOutcome.HOLD
    elif reviewing:
        outcome = CheckOutcome.REVIEW
    else:
        outcome = CheckOutcome.PASS
    return Grading(
        outcome=outcome,
        holding=holding,
        reviewing=reviewing,
        advice=tuple(_advice(readings, thresholds)),
    )


def _advice(readings: Readings, thresholds: Predose) -> Iterator[Advice]:
    for drug in readings.drug_classes:
        known = thresholds.interactions.get(drug)
        if known is not None:
            yield Advice(drug_class=drug, action=known.action, text=known.text)


def _holding(readings: Readings, thresholds: Predose, known: Circumstances) -> Iterator[str]:
    if readings.systolic >= thresholds.bp_hold.sys or readings.diastolic >= thresholds.bp_hold.dia:
        yield "blood-pressure-hold"
    low, high = thresholds.hr_range
    if not low <= readings.heart_rate <= high:
        yield "heart-rate-out-of-range"
    if readings.spo2 < thresholds.spo2_min:
        yield "oxygen-saturation-low"
    if not readings.pregnancy_attested:
        yield "pregnancy-not-attested"
    if readings.pregnancy_test is PregnancyResult.POSITIVE:
        yield PREGNANT
    elif not readings.pregnancy_test.answered and _test_due(thresholds.pregnancy_test, known):
        yield "pregnancy-test-missing"
    if readings.perceptual_changes and known.context is FindingContext.BASELINE:
        yield BASELINE_PERCEPTION
    if _interacts(readings, thresholds, InteractionAction.HOLD):
        yield "interaction-hold"
    if readings.mood_rescreen is MoodRescreen.HIGH:
        yield MOOD_HIGH


def _setting(readings: Readings, thresholds: Predose) -> Iterator[str]:
    """What a certified setting asks for before every dose (section 3.1)."""
    if thresholds.prescriber_on_site and not readings.prescriber_on_site:
        yield NOT_ON_SITE
    if thresholds.concomitant_medication_list and not readings.medication_list_asked:
        yield LIST_NOT_ASKED


def _reviewing(readings: Readings, thresholds: Predose) -> Iterator[str]:
    if (
        readings.systolic >= thresholds.bp_review.sys
        or readings.diastolic >= thresholds.bp_review.dia
    ):
        yield "blood-pressure-review"
    if not _fasting(readings, thresholds):
        yield "not-fasting"
    if readings.medication_changes:
        yield "medication-changed"
    if _interacts(readings, thresholds, InteractionAction.REVIEW):
        yield "interaction-review"


def _test_due(policy: PregnancyTest, known: Circumstances) -> bool:
    """The attestation is asked each time; the test as the clinic's protocol says (3.11)."""
    match policy:
        case PregnancyTest.NEVER:
            return False
        case PregnancyTest.FIRST:
            return not known.tested_in_course
        case PregnancyTest.EACH:
            return not known.tested_in_session


def _fasting(readings: Readings, thresholds: Predose) -> bool:
    food, liquid = readings.food_hours, readings.liquid_hours
    return (
        readings.fasting_ok
        and (food is None or food >= thresholds.fasting.food_h)
        and (liquid is None or liquid >= thresholds.fasting.liquid_h)
    )


def _interacts(readings: Readings, thresholds: Predose, action: InteractionAction) -> bool:
    return any(advice.action is action for advice in _advice(readings, thresholds))
