"""Recoveries and clearances."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import RecoveryCheck
from services.prescribing.domain.recovery_states import Clearance, RecoveryEnd, RecoveryStatus
from services.prescribing.domain.vocabulary import RecoveryOutcome
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import Recovery as RecoveryRules


class ObservationView(BaseModel):
    oriented: bool
    steady_gait: bool
    vitals_within_20pct: bool
    moaas: int
    nausea_minimal: bool
    padss_score: int
    perceptual_changes: bool


class RecoveryCheckView(BaseModel):
    check_no: int
    at: datetime
    outcome: RecoveryOutcome
    unmet: tuple[str, ...]
    seen: ObservationView | None
    by: SignatureView | None


class ClearanceView(BaseModel):
    """``status``: in_force, expired or rescinded."""

    id: UUID
    session_id: UUID
    status: str
    covers_dose_seq: int
    cleared: SignatureView | None
    cleared_at: datetime
    valid_until: datetime
    rescinded_at: datetime | None


class CheckpointView(BaseModel):
    """A look that the clinic's protocol asks for; ``overdue`` while nobody has looked."""

    due_at: datetime
    done: bool
    overdue: bool


class RecoveryView(BaseModel):
    """``observe_until`` is the earliest time of a clearance."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: RecoveryStatus
    dose_count: int
    last_dose_at: datetime
    observe_until: datetime
    effects_until: datetime
    prescriber_must_clear: bool
    checks: list[RecoveryCheckView]
    checkpoints: list[CheckpointView]
    clearance: ClearanceView | None
    ended: RecoveryEnd | None
    ended_at: datetime | None


def recovery_view(recovery: Recovery, rules: RecoveryRules, now: datetime) -> RecoveryView:
    return RecoveryView(
        id=recovery.id,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        session_id=recovery.session_id,
        status=recovery.status_at(now),
        dose_count=recovery.dose_count,
        last_dose_at=recovery.last_dose_at,
        observe_until=recovery.observe_until,
        effects_until=recovery.effects_until,
        prescriber_must_clear=recovery.tightened,
        checks=[_check(check) for check in recovery.checks],
        checkpoints=[
            _checkpoint(recovery, timedelta(minutes=minutes), now)
            for minutes in rules.checkpoints_minutes
        ],
        clearance=clearance_view(recovery, now) if recovery.clearance else None,
        ended=recovery.ended,
        ended_at=recovery.ended_at,
    )


def clearance_view(recovery: Recovery, now: datetime) -> ClearanceView:
    """The newest clearance of a recovery that has one."""
    clearance = recovery.clearances[-1]
    return ClearanceView(
        id=clearance.clearance_id,
        session_id=recovery.session_id,
        status=_state(clearance, now),
        covers_dose_seq=clearance.covers_dose_seq,
        cleared=signature_view(clearance.cleared),
        cleared_at=clearance.cleared.at,
        valid_until=clearance.valid_until,
        rescinded_at=clearance.rescinded_at,
    )


def _state(clearance: Clearance, now: datetime) -> str:
    if clearance.rescinded_at is not None:
        return "rescinded"
    return "in_force" if clearance.in_force(now) else "expired"


def _checkpoint(recovery: Recovery, after: timedelta, now: datetime) -> CheckpointView:
    """Counted from the last dose, like the minimum observation."""
    due = recovery.last_dose_at + after
    done = any(check.at >= due for check in recovery.checks)
    return CheckpointView(due_at=due, done=done, overdue=recovery.open and not done and now >= due)


def _check(check: RecoveryCheck) -> RecoveryCheckView:
    seen = check.seen
    return RecoveryCheckView(
        check_no=check.check_no,
        at=check.at,
        outcome=check.outcome,
        unmet=check.unmet,
        seen=ObservationView(
            oriented=seen.oriented,
            steady_gait=seen.steady_gait,
            vitals_within_20pct=seen.vitals_within_20pct,
            moaas=seen.moaas,
            nausea_minimal=seen.nausea_minimal,
            padss_score=seen.score,
            perceptual_changes=seen.perceptual_changes,
        )
        if seen
        else None,
        by=signature_view(check.by),
    )
