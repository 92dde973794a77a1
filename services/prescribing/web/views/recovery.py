"""Recoveries and clearances."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.effects import ExpectedEffect, context_of
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checkpoints import checkpoints
from services.prescribing.domain.recovery_checks import RecoveryCheck
from services.prescribing.domain.recovery_states import (
    Clearance,
    RecoveryEnd,
    RecoveryStatus,
    ReversalAgent,
)
from services.prescribing.domain.vocabulary import RecoveryOutcome
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import FindingContext, ScoreInstrument
from shared.protocol import Recovery as RecoveryRules

_PADSS = ScoreInstrument.PADSS_MODIFIED


class VitalsView(BaseModel):
    systolic: int
    diastolic: int
    heart_rate: int
    spo2: int


class ObservationView(BaseModel):
    oriented: bool
    steady_gait: bool
    vitals_within_20pct: bool
    moaas: int
    nausea_minimal: bool
    padss_score: int | None
    instrument: ScoreInstrument
    score: int | None
    items: dict[str, int] | None
    vitals: VitalsView | None
    perceptual_changes: bool
    effects: list[ExpectedEffect]


class ReversalView(BaseModel):
    agent: ReversalAgent
    given: SignatureView | None
    wait_until: datetime


class RecoveryCheckView(BaseModel):
    """``effects_context``: what effects seen at that time mean (C-08)."""

    check_no: int
    at: datetime
    outcome: RecoveryOutcome
    unmet: tuple[str, ...]
    effects_context: FindingContext
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
    reversals: list[ReversalView]
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
        reversals=[
            ReversalView(
                agent=one.agent, given=signature_view(one.given), wait_until=one.wait_until
            )
            for one in recovery.reversals
        ],
        prescriber_must_clear=recovery.tightened,
        checks=[_check(check, recovery.effects_until) for check in recovery.checks],
        checkpoints=[
            CheckpointView(
                due_at=one.due_at,
                done=one.done,
                overdue=recovery.open and not one.done and now >= one.due_at,
            )
            for one in checkpoints(recovery, rules)
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


def _check(check: RecoveryCheck, effects_until: datetime) -> RecoveryCheckView:
    seen = check.seen
    return RecoveryCheckView(
        check_no=check.check_no,
        at=check.at,
        outcome=check.outcome,
        unmet=check.unmet,
        effects_context=context_of(check.at, effects_until),
        seen=ObservationView(
            oriented=seen.oriented,
            steady_gait=seen.steady_gait,
            vitals_within_20pct=seen.vitals_within_20pct,
            moaas=seen.moaas,
            nausea_minimal=seen.nausea_minimal,
            padss_score=seen.score if seen.instrument is _PADSS else None,
            instrument=seen.instrument,
            score=seen.score,
            items=dict(seen.items) if seen.items is not None else None,
            vitals=VitalsView(
                systolic=seen.vitals.systolic,
                diastolic=seen.vitals.diastolic,
                heart_rate=seen.vitals.heart_rate,
                spo2=seen.vitals.spo2,
            )
            if seen.vitals is not None
            else None,
            perceptual_changes=seen.perceptual_changes,
            effects=sorted(seen.effects),
        )
        if seen
        else None,
        by=signature_view(check.by),
    )
