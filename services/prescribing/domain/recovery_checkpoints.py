"""The looks that the clinic's protocol asks for, counted from the last dose (sections 2.1, 3.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.prescribing.domain.recovery import Recovery
from shared.protocol import Recovery as RecoveryRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """``missed_at``: from then on nobody looked in time. A look shortly before it counts."""

    minutes: int
    due_at: datetime
    missed_at: datetime
    done: bool


def checkpoints(recovery: Recovery, rules: RecoveryRules) -> tuple[Checkpoint, ...]:
    tolerance = timedelta(minutes=rules.checkpoint_tolerance_minutes)
    return tuple(
        Checkpoint(
            minutes=minutes,
            due_at=due,
            missed_at=due + tolerance,
            done=any(check.at >= due - tolerance for check in recovery.looks),
        )
        for minutes in rules.checkpoints_minutes
        for due in (recovery.last_dose_at + timedelta(minutes=minutes),)
    )


def next_checkpoint(recovery: Recovery, rules: RecoveryRules, after: datetime) -> Checkpoint | None:
    """The next one that somebody may still miss."""
    ahead = [c for c in checkpoints(recovery, rules) if not c.done and c.missed_at > after]
    return min(ahead, key=lambda c: c.missed_at, default=None)
