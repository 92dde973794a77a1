"""Recovery after a dose: looking, scoring, clearing to leave, and taking that back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.clearance import CLEARING
from services.prescribing.domain.effects import ExpectedEffect
from services.prescribing.domain.recovery_states import ReversalAgent
from services.prescribing.handlers.sessions import recovery_of
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import recoveries, standing
from services.prescribing.web.api.fields import Body
from services.prescribing.web.api.recovery_bodies import (
    ClearanceBody,
    RecoveryCheckBody,
    ReversalAgentBody,
)
from services.prescribing.web.pages.about import about
from services.prescribing.web.pages.checks import checks_of
from services.prescribing.web.pages.vitals import vitals_of
from shared.protocol import Recovery as RecoveryRules
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")


@router.get("/{session_id}/recovery")
async def recovery(
    session_id: UUID, page: Annotated[Page, Depends(paged("see_recoveries"))]
) -> Response:
    """How the client is, and when they may leave at the earliest."""
    return await _recovery(page, session_id, Form())


@router.post("/{session_id}/clearances")
async def clear(
    session_id: UUID, page: Annotated[Page, Depends(paged("clear_for_discharge"))]
) -> Response:
    """The client may leave, with an escort."""
    return await page.submit(
        ClearanceBody,
        lambda body, call: recoveries.clear(session_id, call, body),
        then=f"/sessions/{session_id}/recovery",
        again=lambda form: _recovery(page, session_id, form),
    )


@router.post("/{session_id}/clearances/{clearance_id}/rescission")
async def rescind(
    session_id: UUID,
    clearance_id: UUID,
    page: Annotated[Page, Depends(paged("rescind_clearance"))],
) -> Response:
    """The client got worse: taken back in one step."""

    async def act(_body: Body, call: Call) -> Any:
        return await recoveries.rescind(clearance_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/sessions/{session_id}/recovery",
        again=lambda form: _recovery(page, session_id, form),
    )


@router.get("/{session_id}/recovery/look")
async def look(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_recovery_check"))]
) -> Response:
    """One look at the client."""
    return await _look(page, session_id, Form())


@router.post("/{session_id}/recovery/look")
async def record(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_recovery_check"))]
) -> Response:
    """On track, not ready, or escalate."""
    return await page.submit(
        RecoveryCheckBody,
        lambda body, call: recoveries.record_check(session_id, body, call),
        then=f"/sessions/{session_id}/recovery",
        again=lambda form: _look(page, session_id, form),
    )


@router.get("/{session_id}/recovery/reversal")
async def reversal(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_reversal_agent"))]
) -> Response:
    """A form for a reversal agent that was given."""
    return await _reversal(page, session_id, Form())


@router.post("/{session_id}/recovery/reversal")
async def reverse(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_reversal_agent"))]
) -> Response:
    """Observation begins anew."""
    return await page.submit(
        ReversalAgentBody,
        lambda body, call: recoveries.reverse(session_id, body, call),
        then=f"/sessions/{session_id}/recovery",
        again=lambda form: _reversal(page, session_id, form),
    )


async def _recovery(page: Page, session_id: UUID, form: Form) -> Response:
    found = await recoveries.get_recovery(session_id, page.call)
    gates = await standing.session_gates(session_id, page.call)
    leaving = next((one for one in gates.decisions if one.gate == CLEARING), None)
    return page.show(
        "recovery.html",
        form=form,
        recovery=found,
        gates=gates,
        leaving=leaving,
        vitals=await vitals_of(page, session_id),
        **await about(page, found.course_id),
    )


async def _look(page: Page, session_id: UUID, form: Form) -> Response:
    found = await recoveries.get_recovery(session_id, page.call)

    async def rules(uow: SqlPrescribingUnitOfWork) -> RecoveryRules:
        return (await uow.protocol_of((await recovery_of(uow, session_id)).course_id)).recovery

    checks = await checks_of(page, session_id)
    return page.show(
        "look.html",
        form=form,
        before=checks.checks[-1].readings if checks and checks.checks else None,
        recovery=found,
        rules=await page.call.read(rules),
        effects=[one.value for one in ExpectedEffect],
        **await about(page, found.course_id),
    )


async def _reversal(page: Page, session_id: UUID, form: Form) -> Response:
    found = await recoveries.get_recovery(session_id, page.call)
    return page.show(
        "reversal.html",
        form=form,
        recovery=found,
        agents=[one.value for one in ReversalAgent],
        **await about(page, found.course_id),
    )
