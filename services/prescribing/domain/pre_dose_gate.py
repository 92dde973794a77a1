"""PRE-DOSE-CHECK: whether the readings of the day pass, by the clinic's limits (section 3.7).

A receipt is read by more people than a check. So it names the limits and the outcome, as the
published event does, and never which reading crossed one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.prescribing.domain.pre_dose_check import RECHECK
from services.prescribing.domain.predose_grading import (
    NOTHING_KNOWN,
    Circumstances,
    Readings,
    grade,
)
from services.prescribing.domain.verdicts import rule
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import Predose

PRE_DOSE_CHECK: Final = "PRE-DOSE-CHECK"

PRESCRIBER_DECIDES: Final = Unblock(
    fact="the prescriber's decision on the check",
    owner="prescribing",
    action="decide the review, or measure again",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """One set of readings, what else was known, and the clinic's limits."""

    readings: Readings
    known: Circumstances = NOTHING_KNOWN
    thresholds: Predose


def check_decision(facts: CheckFacts) -> Decision:
    """Whether the check passes by its readings alone."""
    return Decision.of(PRE_DOSE_CHECK, _rules(facts))


def _rules(facts: CheckFacts) -> Iterator[Verdict]:
    limits = facts.thresholds
    grading = grade(facts.readings, limits, facts.known)
    yield rule(
        "readings-on-hold",
        "section 3.7",
        not grading.holding,
        unblocks=(RECHECK,),
        systolic=limits.bp_hold.sys,
        diastolic=limits.bp_hold.dia,
        heart_rate_from=limits.hr_range[0],
        heart_rate_to=limits.hr_range[1],
        spo2_from=limits.spo2_min,
        pregnancy_test=limits.pregnancy_test.value,
    )
    yield rule(
        "readings-to-review",
        "section 3.7",
        not grading.reviewing,
        unblocks=(PRESCRIBER_DECIDES,),
        systolic=limits.bp_review.sys,
        diastolic=limits.bp_review.dia,
        food_hours=limits.fasting.food_h,
        liquid_hours=limits.fasting.liquid_h,
    )
