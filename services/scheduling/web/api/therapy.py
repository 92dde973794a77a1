"""While a session runs, and what is written down beside it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.scheduling.domain.events import Outcome
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Phase
from services.scheduling.handlers.accompany_session import (
    ConfirmSafetyPlan,
    DeclineIntegration,
    ShareSummary,
    record_integration_decline,
    record_safety_plan,
    sign_summary,
)
from services.scheduling.handlers.run_therapy import (
    EndSession,
    EnterPhase,
    StopSession,
    end_session,
    enter_next_phase,
    stop_session,
)
from services.scheduling.handlers.start_session import StartSession, start_session
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import AtBody, Body, NoBody, Stated, Words
from services.scheduling.web.session_views import SessionView, shown
from services.scheduling.web.views import Page, SummaryView, summary_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/sessions/{session_id}", tags=["sessions"])


class StopBody(Body):
    """Who says stop. No reason, no confirmation (F41)."""

    by_role: Role = Role.CLIENT
    at: Stated = None


class EndBody(Body):
    """With no dose seen, the outcome must be stated."""

    ended_at: Stated = None
    outcome: Outcome | None = None


class PhaseBody(Body):
    phase: Phase
    at: Stated = None


class SummaryBody(Body):
    text: Words


@router.post("/start", responses=problems(404, 409, 412))
async def start(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("start_session"))],
    _body: NoBody | None = None,
) -> SessionView:
    """Start. A dosing session asks intake and prescribing first; no answer means no (G-START)."""
    return await call.run_gate(start_session, StartSession(session_id=session_id), shown(call))


@router.post("/stop", responses=problems(404, 409, 412))
async def stop(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("stop_session"))],
    body: StopBody | None = None,
) -> SessionView:
    """Stop, in one step, whoever is down. After a dose the client stays and is observed."""
    said = body or StopBody()
    command = StopSession(session_id=session_id, by_role=said.by_role, at=said.at)
    return await call.run(stop_session, command, shown(call))


@router.post("/end", responses=problems(404, 409, 412))
async def end(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("end_session"))],
    body: EndBody | None = None,
) -> SessionView:
    """The therapy part is over; a talk is completed by it."""
    given = body or EndBody()
    command = EndSession(session_id=session_id, ended_at=given.ended_at, outcome=given.outcome)
    return await call.run(end_session, command, shown(call))


@router.post("/phase", responses=problems(404, 409, 412))
async def phase(
    session_id: UUID, body: PhaseBody, call: Annotated[Call, Depends(calling("enter_phase"))]
) -> SessionView:
    """Where the client is, as the clinician sees it."""
    command = EnterPhase(session_id=session_id, phase=body.phase, at=body.at)
    return await call.run(enter_next_phase, command, shown(call))


@router.post("/integration-decline", responses=problems(404, 409, 412))
async def integration_decline(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("decline_integration"))],
    body: AtBody | None = None,
) -> SessionView:
    """The client wants no integration session after this one."""
    command = DeclineIntegration(session_id=session_id, at=(body or AtBody()).at)
    return await call.run(record_integration_decline, command, shown(call))


@router.post("/safety-plan", responses=problems(404, 409, 412))
async def safety_plan(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("confirm_safety_plan"))],
    body: AtBody | None = None,
) -> SessionView:
    """The safety plan of an enhanced aftercare was gone through (F101)."""
    command = ConfirmSafetyPlan(session_id=session_id, at=(body or AtBody()).at)
    return await call.run(record_safety_plan, command, shown(call))


@router.post("/summary", responses=problems(404, 409, 412))
async def summary(
    session_id: UUID, body: SummaryBody, call: Annotated[Call, Depends(calling("share_summary"))]
) -> SessionView:
    """Sign the summary: from here on the prescriber may read it on this service's page."""
    command = ShareSummary(session_id=session_id, text=body.text)
    return await call.run(sign_summary, command, shown(call))


@router.get("/summaries", responses=problems(404))
async def summaries(
    session_id: UUID, call: Annotated[Call, Depends(calling("read_summaries"))]
) -> Page[SummaryView]:
    """What the therapist signed, addenda last. Its words are nowhere else."""

    async def read(uow: Uow) -> Page[SummaryView]:
        await queries.session_with_version(uow, session_id)
        found = await queries.summaries_of(uow, session_id)
        return Page(items=[summary_view(one) for one in found])

    return await call.read(read)
