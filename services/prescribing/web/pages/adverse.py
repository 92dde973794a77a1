"""Adverse events of a session: recorded, found to be serious, reported."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.adverse_event import AdverseEventCode, SeriousCriterion
from services.prescribing.web.api import adverse_events, standing
from services.prescribing.web.api.adverse_events import AdverseEventBody, SeriousnessBody
from services.prescribing.web.api.fields import Body
from services.prescribing.web.pages.about import about
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")


@router.get("/{session_id}/adverse-events")
async def adverse(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_adverse_event"))]
) -> Response:
    """What happened in this session, and a form for more."""
    return await _adverse(page, session_id, Form())


@router.post("/{session_id}/adverse-events")
async def record(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_adverse_event"))]
) -> Response:
    """A side effect; a serious one holds the course and owes a report."""
    return await page.submit(
        AdverseEventBody,
        lambda body, call: adverse_events.record_adverse(session_id, body, call),
        then=f"/sessions/{session_id}/adverse-events",
        again=lambda form: _adverse(page, session_id, form),
    )


@router.post("/{session_id}/adverse-events/{ae_id}/seriousness")
async def find_serious(
    session_id: UUID,
    ae_id: UUID,
    page: Annotated[Page, Depends(paged("find_adverse_event_serious"))],
) -> Response:
    """It turned out to be serious."""
    return await page.submit(
        SeriousnessBody,
        lambda body, call: adverse_events.find_serious(ae_id, body, call),
        then=f"/sessions/{session_id}/adverse-events",
        again=lambda form: _adverse(page, session_id, form),
    )


@router.post("/{session_id}/adverse-events/{ae_id}/report")
async def report(
    session_id: UUID,
    ae_id: UUID,
    page: Annotated[Page, Depends(paged("report_adverse_event"))],
) -> Response:
    """The report was sent, or the matter is closed."""

    async def act(_body: Body, call: Call) -> Any:
        return await adverse_events.report_adverse(ae_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/sessions/{session_id}/adverse-events",
        again=lambda form: _adverse(page, session_id, form),
    )


async def _adverse(page: Page, session_id: UUID, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)
    events = None
    if page.may("see_adverse_events"):
        listed = await adverse_events.list_adverse_events(
            page.call, session_id=session_id, limit=200
        )
        events = listed.items
    return page.show(
        "adverse.html",
        form=form,
        gates=gates,
        events=events,
        codes=[one.value for one in AdverseEventCode],
        criteria=[one.value for one in SeriousCriterion],
        **await about(page, gates.course_id),
    )
