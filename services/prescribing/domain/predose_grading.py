"""What the readings of the day say: pass, review or hold (section 3.7, C-06)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.prescribing.domain.vocabulary import CheckOutcome, MoodRescreen
from shared.protocol import DrugClass, HoldCategory, InteractionAction, Predose


class MoodConcern(StrEnum):
    """What a high re-screen was about; decides which hold follows (J3)."""

    SUICIDALITY = "suicidality"
    MANIA = "mania"

    @property
    def category(self) -> HoldCategory:
        if self is MoodConcern.MANIA:
            return HoldCategory.CONTRAINDICATION
        return HoldCategory.SUICIDALITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Vitals and answers before a dose. They stay in this service."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """The outcome, and the slug of each reading that made it so."""

    outcome: CheckOutcome
    holding: tuple[str, ...]
    reviewing: tuple[str, ...]


def grade(readings: Readings, thresholds: Predose) -> Grading:
    """A threshold that is reached counts as crossed; the worst reading decides."""
    holding = tuple(_holding(readings, thresholds))
    reviewing = tuple(_reviewing(readings, thresholds))
    if holding:
        outcome = CheckOutcome.HOLD
    elif reviewing:
        outcome = CheckOutcome.REVIEW
    else:
        outcome = CheckOutcome.PASS
    return Grading(outcome=outcome, holding=holding, reviewing=reviewing)


MOOD_HIGH = "mood-rescreen-high"


def _holding(readings: Readings, thresholds: Predose) -> Iterator[str]:
    if readings.systolic >= thresholds.bp_hold.sys or readings.diastolic >= thresholds.bp_hold.dia:
        yield "blood-pressure-hold"
    low, high = thresholds.hr_range
    if not low <= readings.heart_rate <= high:
        yield "heart-rate-out-of-range"
    if readings.spo2 < thresholds.spo2_min:
        yield "oxygen-saturation-low"
    if not readings.pregnancy_attested:
        yield "pregnancy-not-attested"
    if _interacts(readings, thresholds, InteractionAction.HOLD):
        yield "interaction-hold"
    if readings.mood_rescreen is MoodRescreen.HIGH:
        yield MOOD_HIGH


def _reviewing(readings: Readings, thresholds: Predose) -> Iterator[str]:
    if (
        readings.systolic >= thresholds.bp_review.sys
        or readings.diastolic >= thresholds.bp_review.dia
    ):
        yield "blood-pressure-review"
    if not readings.fasting_ok:
        yield "not-fasting"
    if readings.medication_changes:
        yield "medication-changed"
    if _interacts(readings, thresholds, InteractionAction.REVIEW):
        yield "interaction-review"


def _interacts(readings: Readings, thresholds: Predose, action: InteractionAction) -> bool:
    return any(thresholds.interactions.get(drug) is action for drug in readings.drug_classes)
