"""What one look at a recovering client says (sections 3.8 and 6.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.prescribing.domain.people import Signature
from services.prescribing.domain.vocabulary import RecoveryOutcome
from shared.protocol import Recovery as RecoveryRules
from shared.protocol import RecoveryCriterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Orientation and coordination are asked explicitly (F86). The values stay here."""

    oriented: bool
    steady_gait: bool
    vitals_within_20pct: bool
    moaas: int
    nausea_minimal: bool
    score: int
    perceptual_changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCheck:
    """``unmet`` are the criteria that were not met; without ``seen`` it is a plain alarm."""

    check_no: int
    at: datetime
    outcome: RecoveryOutcome
    unmet: tuple[str, ...]
    seen: Observation | None = None
    by: Signature | None = None

    @property
    def criteria_met(self) -> bool:
        return self.seen is not None and not self.unmet and self.outcome is _ON_TRACK


_ON_TRACK = RecoveryOutcome.ON_TRACK


def unmet_criteria(seen: Observation, rules: RecoveryRules) -> tuple[str, ...]:
    """The clinic's criteria and score that this observation does not meet."""
    return tuple(_unmet(seen, rules))


def _unmet(seen: Observation, rules: RecoveryRules) -> Iterator[str]:
    met = {
        RecoveryCriterion.ORIENTED: seen.oriented,
        RecoveryCriterion.STEADY_GAIT: seen.steady_gait,
        RecoveryCriterion.VITALS_WITHIN_20PCT: seen.vitals_within_20pct,
        RecoveryCriterion.MOAAS_5: seen.moaas >= 5,
        RecoveryCriterion.NAUSEA_MINIMAL: seen.nausea_minimal,
    }
    yield from (str(criterion) for criterion in rules.criteria if not met[criterion])
    if seen.score < rules.score.pass_mark:
        yield "score_below_pass"


def outcome_of(unmet: tuple[str, ...], *, early: bool, escalate: bool) -> RecoveryOutcome:
    """``early``: before the minimum observation is over, when nothing is expected yet."""
    if escalate:
        return RecoveryOutcome.ESCALATE
    return RecoveryOutcome.NOT_READY if unmet and not early else RecoveryOutcome.ON_TRACK
