"""Looking after a client with medicine on board (sections 3.8 and 6.4, C-08)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.prescribing.domain.effects import context_of
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import Observation
from services.prescribing.domain.recovery_scores import Vitals
from services.prescribing.domain.recovery_states import RecoveryStatus, ReversalAgent
from services.prescribing.domain.reversal import reverse
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.order_consequences import CLEARANCE_RUNS_OUT, MINIMUM_OVER
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import recovery_of
from shared.protocol import FindingContext, HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRecoveryCheck:
    session_id: UUID
    seen: Observation
    at: datetime | None = None
    escalate: bool = False


async def record_recovery_check(command: RecordRecoveryCheck, uow: UnitOfWork) -> Recovery:
    recovery = await recovery_of(uow, command.session_id)
    at = stated_at(command.at, uow.now)
    protocol = await uow.protocol_of(recovery.course_id)
    checked = await uow.recoveries.save(
        recovery.record(
            command.seen,
            protocol.recovery,
            by=clinician(uow),
            at=at,
            now=uow.now,
            escalate=command.escalate,
            baseline=await _baseline(uow, recovery),
        )
    )
    if checked.status is not RecoveryStatus.CLEARED:
        await uow.timers.cancel(CLEARANCE_RUNS_OUT, checked.id)
    context = context_of(at, checked.effects_until)
    if command.seen.effects_seen and context is FindingContext.PERSISTENT:
        await _persistent_change(uow, checked)
    return await uow.recoveries.get(checked.id)


async def _baseline(uow: UnitOfWork, recovery: Recovery) -> Vitals | None:
    """The vitals of the last check before the first dose."""
    first_dose = min(dose.administered_at for dose in recovery.doses.values())
    series = await uow.checks.find_by(session_id=recovery.session_id)
    before = [
        check
        for check in (series.checks if series is not None else ())
        if check.taken.at <= first_dose
    ]
    if not before:
        return None
    readings = max(before, key=lambda check: check.taken.at).readings
    return Vitals(
        systolic=readings.systolic,
        diastolic=readings.diastolic,
        heart_rate=readings.heart_rate,
        spo2=readings.spo2,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReversalAgent:
    session_id: UUID
    agent: ReversalAgent
    at: datetime | None = None


async def record_reversal_agent(command: RecordReversalAgent, uow: UnitOfWork) -> Recovery:
    """The client is observed anew, and nobody clears before the wait is over (section 3.8)."""
    recovery = await recovery_of(uow, command.session_id)
    protocol = await uow.protocol_of(recovery.course_id)
    reversed_ = await uow.recoveries.save(
        reverse(
            recovery,
            command.agent,
            given_at=stated_at(command.at, uow.now),
            wait=timedelta(minutes=protocol.recovery.reversal_wait_minutes),
            by=clinician(uow),
            now=uow.now,
        )
    )
    if reversed_.status is not RecoveryStatus.CLEARED:
        await uow.timers.cancel(CLEARANCE_RUNS_OUT, reversed_.id)
        await uow.timers.set(
            MINIMUM_OVER, reversed_.id, reversed_.observe_until, client_id=reversed_.client_id
        )
    return reversed_


async def _persistent_change(uow: UnitOfWork, recovery: Recovery) -> None:
    """What should have worn off and has not is a finding, no expected effect (C-08)."""
    await place_hold(
        uow,
        HoldCategory.CONTRAINDICATION,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        session_id=recovery.session_id,
        cause=f"persistent-change:{recovery.session_id}",
        at=uow.now,
    )
    await advance_course(uow, recovery.course_id, recovery.client_id)
