"""Recovery after a dose, and clearance to leave."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.handlers.clear_for_discharge import (
    ClearForDischarge,
    RescindClearance,
    clear_for_discharge,
    rescind_clearance,
)
from services.prescribing.handlers.observe_recovery import (
    RecordRecoveryCheck,
    RecordReversalAgent,
    record_recovery_check,
    record_reversal_agent,
)
from services.prescribing.handlers.sessions import recovery_of
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import RECOVERIES
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.about import about_clearance, about_recovery
from services.prescribing.web.api.fields import Cursor, Limit
from services.prescribing.web.api.recovery_bodies import (
    ClearanceBody,
    RecoveryCheckBody,
    ReversalAgentBody,
    seen_in,
)
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.recovery import (
    ClearanceView,
    RecoveryView,
    clearance_view,
    recovery_view,
)
from shared.protocol import Recovery as RecoveryRules
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["recovery"])

Reading = Annotated[Call, Depends(calling("see_recoveries"))]


@router.get("/recoveries", responses=problems())
async def list_recoveries(
    call: Reading,
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: RecoveryStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[RecoveryView]:
    """Recoveries by session, course or stored status."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[RecoveryView]:
        found = await page(
            uow,
            RECOVERIES,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        rules = {r.id: (await uow.protocol_of(r.course_id)).recovery for r in found.items}
        return listing(found, lambda r: recovery_view(r, rules[r.id], uow.now))

    return await call.read(read)


@router.get("/sessions/{session_id}/recovery", responses=problems(404))
async def get_recovery(session_id: UUID, call: Reading) -> RecoveryView:
    """The recovery of a session with a dose."""

    async def read(uow: SqlPrescribingUnitOfWork) -> RecoveryView:
        recovery = await recovery_of(uow, session_id)
        protocol = await uow.protocol_of(recovery.course_id)
        return recovery_view(recovery, protocol.recovery, uow.now)

    return await (await about_recovery(call, session_id)).read(read)


@router.post(
    "/sessions/{session_id}/recovery-checks", status_code=201, responses=problems(404, 409, 412)
)
async def record_check(
    session_id: UUID,
    body: RecoveryCheckBody,
    call: Annotated[Call, Depends(calling("record_recovery_check"))],
) -> RecoveryView:
    """One look at the client: on track, not ready, or escalate."""
    rules = await _rules(call, session_id)

    def view(recovery: Recovery) -> RecoveryView:
        return recovery_view(recovery, rules, call.context.now)

    return await (await about_recovery(call, session_id)).run(
        record_recovery_check,
        RecordRecoveryCheck(
            session_id=session_id,
            seen=seen_in(body, rules.score.instrument),
            at=body.at,
            escalate=body.outcome is not None,
        ),
        view,
    )


@router.post(
    "/sessions/{session_id}/reversal-agents", status_code=201, responses=problems(404, 409, 412)
)
async def reverse(
    session_id: UUID,
    body: ReversalAgentBody,
    call: Annotated[Call, Depends(calling("record_reversal_agent"))],
) -> RecoveryView:
    """A reversal agent was given: observation begins anew, and clearing waits."""
    rules = await _rules(call, session_id)
    return await (await about_recovery(call, session_id)).run(
        record_reversal_agent,
        RecordReversalAgent(session_id=session_id, agent=body.agent, at=body.at),
        lambda recovery: recovery_view(recovery, rules, call.context.now),
    )


@router.post(
    "/sessions/{session_id}/clearances", status_code=201, responses=problems(404, 409, 412)
)
async def clear(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("clear_for_discharge"))],
    body: ClearanceBody | None = None,
) -> ClearanceView:
    """The client may leave, with an escort, within the clearance's validity."""
    return await (await about_recovery(call, session_id)).run_gate(
        clear_for_discharge,
        ClearForDischarge(session_id=session_id, at=body.at if body else None),
        lambda recovery: clearance_view(recovery, call.context.now),
    )


@router.post("/clearances/{clearance_id}/rescission", responses=problems(404, 409, 412))
async def rescind(
    clearance_id: UUID, call: Annotated[Call, Depends(calling("rescind_clearance"))]
) -> ClearanceView:
    """The client got worse: the clearance is taken back, for good."""
    return await (await about_clearance(call, clearance_id)).run_gate(
        rescind_clearance,
        RescindClearance(clearance_id=clearance_id),
        lambda recovery: clearance_view(recovery, call.context.now),
    )


async def _rules(call: Call, session_id: UUID) -> RecoveryRules:
    """What the protocol of the session's course says of recovery."""

    async def read(uow: SqlPrescribingUnitOfWork) -> RecoveryRules:
        recovery = await recovery_of(uow, session_id)
        return (await uow.protocol_of(recovery.course_id)).recovery

    return await call.read(read)
