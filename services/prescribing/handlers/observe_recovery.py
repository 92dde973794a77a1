"""Looking after a client with medicine on board (sections 3.8 and 6.4, C-08)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import Observation
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.order_consequences import CLEARANCE_RUNS_OUT
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import recovery_of
from shared.protocol import HoldCategory


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
        )
    )
    if checked.status is not RecoveryStatus.CLEARED:
        await uow.timers.cancel(CLEARANCE_RUNS_OUT, checked.id)
    if command.seen.perceptual_changes and at >= checked.effects_until:
        await _persistent_change(uow, checked)
    return await uow.recoveries.get(checked.id)


async def _persistent_change(uow: UnitOfWork, recovery: Recovery) -> None:
    """What should have worn off and has not is a finding, no expected effect (C-08)."""
    await place_hold(
        uow,
        HoldCategory.CONTRAINDICATION,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        session_id=recovery.session_id,
        cause=f"persistent-change:{recovery.id}",
        at=uow.now,
    )
    await advance_course(uow, recovery.course_id, recovery.client_id)
