"""What one look at a recovering client says (sections 3.8 and 6.4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.prescribing.domain.effects import ExpectedEffect
from services.prescribing.domain.people import Signature
from services.prescribing.domain.recovery_scores import Vitals
from services.prescribing.domain.vocabulary import RecoveryOutcome
from shared.protocol import Recovery as RecoveryRules
from shared.protocol import RecoveryCriterion, ScoreInstrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Orientation and coordination are asked explicitly (F86). The values stay here.

    ``score`` is None where nobody scored; ``vitals`` where nobody wrote them down.
    ``perceptual_changes``, ``effects``: what of the medicine is still to be seen.
    """

    oriented: bool
    steady_gait: bool
    vitals_within_20pct: bool
    moaas: int
    nausea_minimal: bool
    score: int | None
    perceptual_changes: bool = False
    instrument: ScoreInstrument = ScoreInstrument.PADSS_MODIFIED
    items: Mapping[str, int] | None = None
    vitals: Vitals | None = None
    effects: frozenset[ExpectedEffect] = frozenset()

    @property
    def effects_seen(self) -> frozenset[ExpectedEffect]:
        return self.effects | ({ExpectedEffect.PERCEPTION} if self.perceptual_changes else set())


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCheck:
    """``unmet`` are the criteria that were not met; without ``seen`` it is a plain alarm.

    ``baseline``: the vitals before the dose that the measured ones were compared with.
    """

    check_no: int
    at: datetime
    outcome: RecoveryOutcome
    unmet: tuple[str, ...]
    seen: Observation | None = None
    by: Signature | None = None
    baseline: Vitals | None = None

    @property
    def criteria_met(self) -> bool:
        return self.seen is not None and not self.unmet and self.outcome is _ON_TRACK


_ON_TRACK = RecoveryOutcome.ON_TRACK


def unmet_criteria(
    seen: Observation, rules: RecoveryRules, baseline: Vitals | None = None
) -> tuple[str, ...]:
    """The clinic's criteria and score that this observation does not meet.

    What is still to be seen of the medicine is never met: the client stays until effects have
    cleared (F88). ``baseline`` are the vitals before the dose.
    """
    return tuple(_unmet(seen, rules, baseline))


def _unmet(seen: Observation, rules: RecoveryRules, baseline: Vitals | None) -> Iterator[str]:
    measured = seen.vitals is None or baseline is None or seen.vitals.within(baseline)
    met = {
        RecoveryCriterion.ORIENTED: seen.oriented,
        RecoveryCriterion.STEADY_GAIT: seen.steady_gait,
        RecoveryCriterion.VITALS_WITHIN_20PCT: seen.vitals_within_20pct and measured,
        RecoveryCriterion.MOAAS_5: seen.moaas >= 5,
        RecoveryCriterion.NAUSEA_MINIMAL: seen.nausea_minimal,
    }
    yield from (str(criterion) for criterion in rules.criteria if not met[criterion])
    if seen.score is None or seen.instrument is not rules.score.instrument:
        yield "score_missing"
    elif seen.score < rules.score.pass_mark:
        yield "score_below_pass"
    if seen.effects_seen:
        yield "effects_not_cleared"


def outcome_of(unmet: tuple[str, ...], *, early: bool, escalate: bool) -> RecoveryOutcome:
    """``early``: before the minimum observation is over, when nothing is expected yet."""
    if escalate:
        return RecoveryOutcome.ESCALATE
    return RecoveryOutcome.NOT_READY if unmet and not early else RecoveryOutcome.ON_TRACK
