"""The session screen: what runs, for how long, what comes next, and every step in one tap."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.events import Outcome
from services.scheduling.domain.session import Phase
from services.scheduling.web.api import leaving, sessions, therapy
from services.scheduling.web.api.fields import AtBody, Body, NoBody
from services.scheduling.web.api.leaving import LeavingBody
from services.scheduling.web.api.sessions import AssentBody
from services.scheduling.web.api.therapy import EndBody, PhaseBody, StopBody
from services.scheduling.web.pages.session_facts import screen_facts
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")

PHASES: Final = tuple(phase.value for phase in Phase)
STATED: Final = (Outcome.COMPLETED, Outcome.ENDED_BY_CLIENT, Outcome.ENDED_BY_CLINICIAN)


@router.get("/{session_id}")
async def session(
    session_id: UUID, page: Annotated[Page, Depends(paged("read_sessions"))]
) -> Response:
    """One session, as it is now."""
    return await _screen(page, session_id, Form())


@router.post("/{session_id}/stop")
async def stop(session_id: UUID, page: Annotated[Page, Depends(paged("stop_session"))]) -> Response:
    """One step, and nothing is asked (F41)."""
    return await _step(
        page, session_id, StopBody, lambda body, call: therapy.stop(session_id, call, body)
    )


@router.post("/{session_id}/check-in")
async def check_in(session_id: UUID, page: Annotated[Page, Depends(paged("check_in"))]) -> Response:
    """The client is here."""
    return await _step(
        page, session_id, AtBody, lambda body, call: sessions.check_in(session_id, call, body)
    )


@router.post("/{session_id}/assent")
async def assent(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_assent"))]
) -> Response:
    """Today's yes or no."""
    return await _step(
        page, session_id, AssentBody, lambda body, call: sessions.assent(session_id, body, call)
    )


@router.post("/{session_id}/start")
async def start(
    session_id: UUID, page: Annotated[Page, Depends(paged("start_session"))]
) -> Response:
    """Start, once everybody who has to be asked said yes."""
    return await _step(page, session_id, NoBody, lambda _, call: therapy.start(session_id, call))


@router.post("/{session_id}/phase")
async def phase(session_id: UUID, page: Annotated[Page, Depends(paged("enter_phase"))]) -> Response:
    """Where the client is now."""
    return await _step(
        page, session_id, PhaseBody, lambda body, call: therapy.phase(session_id, body, call)
    )


@router.post("/{session_id}/end")
async def end(session_id: UUID, page: Annotated[Page, Depends(paged("end_session"))]) -> Response:
    """The therapy part is over."""
    return await _step(
        page, session_id, EndBody, lambda body, call: therapy.end(session_id, call, body)
    )


@router.post("/{session_id}/integration-decline")
async def decline_integration(
    session_id: UUID, page: Annotated[Page, Depends(paged("decline_integration"))]
) -> Response:
    """No integration session after this one."""
    return await _step(
        page,
        session_id,
        AtBody,
        lambda body, call: therapy.integration_decline(session_id, call, body),
    )


@router.post("/{session_id}/safety-plan")
async def safety_plan(
    session_id: UUID, page: Annotated[Page, Depends(paged("confirm_safety_plan"))]
) -> Response:
    """The safety plan was gone through."""
    return await _step(
        page, session_id, AtBody, lambda body, call: therapy.safety_plan(session_id, call, body)
    )


@router.post("/{session_id}/discharge")
async def discharge(
    session_id: UUID, page: Annotated[Page, Depends(paged("discharge_client"))]
) -> Response:
    """Home."""
    return await _step(
        page, session_id, LeavingBody, lambda body, call: leaving.discharge(session_id, call, body)
    )


async def _step(
    page: Page,
    session_id: UUID,
    body: type[Body],
    act: Callable[[Any, Call], Awaitable[Any]],
) -> Response:
    """Do it and show the screen again; with every reason, where the rules refuse."""
    return await page.submit(
        body,
        act,
        then=f"/sessions/{session_id}",
        again=lambda form: _screen(page, session_id, form),
    )


async def _screen(page: Page, session_id: UUID, form: Form) -> Response:
    facts = await screen_facts(session_id, page.call)
    if facts["stoppable"]:
        await page.stay()
    return page.show(
        "session.html",
        form=form,
        phases=PHASES,
        outcomes=[one.value for one in STATED],
        **facts,
    )
