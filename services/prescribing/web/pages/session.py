"""A session's dose: what the gate says, the medicine and where it is, and the summary after it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.web.api import dose_orders, reviews, standing
from services.prescribing.web.api.fields import Body
from services.prescribing.web.api.reviews import SummaryReviewBody
from services.prescribing.web.pages.about import about
from services.prescribing.web.pages.checks import checks_of
from services.prescribing.web.pages.vitals import vitals_of
from services.prescribing.web.views.dosing import LedgerView
from services.prescribing.web.views.records import SummaryReviewView
from shared.storage import NotFound
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")


@router.get("/{session_id}")
async def session(
    session_id: UUID, page: Annotated[Page, Depends(paged("see_standing"))]
) -> Response:
    """The dose at a glance."""
    return await show_session(page, session_id, Form())


@router.post("/{session_id}/orders/{order_id}/release")
async def release(
    session_id: UUID,
    order_id: UUID,
    page: Annotated[Page, Depends(paged("release_dose"))],
) -> Response:
    """Take the medicine out of the store, if the gate allows it now."""

    async def act(_body: Body, call: Call) -> Any:
        return await dose_orders.release(order_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/sessions/{session_id}",
        again=lambda form: show_session(page, session_id, form),
    )


@router.post("/{session_id}/summary")
async def read_summary(
    session_id: UUID, page: Annotated[Page, Depends(paged("review_summary"))]
) -> Response:
    """The prescriber read the summary: go on, adjust, or hold the next dose."""
    return await page.submit(
        SummaryReviewBody,
        lambda body, call: reviews.review(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: show_session(page, session_id, form),
    )


async def show_session(page: Page, session_id: UUID, form: Form) -> Response:
    """The session's page, with what is wrong with a form of it."""
    gates = await standing.session_gates(session_id, page.call)
    return page.show(
        "session.html",
        form=form,
        gates=gates,
        checks=await checks_of(page, session_id),
        vitals=await vitals_of(page, session_id),
        ledger=await _ledger(page, gates.order.id),
        summary=await _summary(page, session_id),
        readings=[one.value for one in ReviewOutcome],
        **await about(page, gates.course_id),
    )


async def _ledger(page: Page, order_id: UUID) -> LedgerView | None:
    if not page.may("see_ledger"):
        return None
    try:
        return await dose_orders.get_ledger(order_id, page.call)
    except NotFound:
        return None


async def _summary(page: Page, session_id: UUID) -> SummaryReviewView | None:
    if not page.may("see_summaries"):
        return None
    listed = await reviews.list_summaries(page.call, session_id=session_id, limit=1)
    return listed.items[0] if listed.items else None
