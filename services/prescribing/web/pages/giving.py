"""Giving the medicine, and recording a dose that was taken without us."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.dose_order_states import TakenReason
from services.prescribing.web.api import dose_orders, prescriptions, standing
from services.prescribing.web.api.dose_orders import AdministrationBody, TakenDoseBody
from services.prescribing.web.pages.about import about, witnesses
from services.prescribing.web.views.prescriptions import PrescriptionView
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")


@router.get("/{session_id}/dose")
async def dose(
    session_id: UUID, page: Annotated[Page, Depends(paged("handle_medicine"))]
) -> Response:
    """The next dose: the gate once more, and how much."""
    return await _dose(page, session_id, Form())


@router.post("/{session_id}/orders/{order_id}/doses")
async def administer(
    session_id: UUID,
    order_id: UUID,
    page: Annotated[Page, Depends(paged("handle_medicine"))],
) -> Response:
    """The dose is given; the gate decides again."""
    return await page.submit(
        AdministrationBody,
        lambda body, call: dose_orders.administer(order_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _dose(page, session_id, form),
    )


@router.get("/{session_id}/taken-dose")
async def taken(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_taken_dose"))]
) -> Response:
    """A form for what was taken all the same."""
    return await _taken(page, session_id, Form())


@router.post("/{session_id}/orders/{order_id}/taken-doses")
async def record_taken(
    session_id: UUID,
    order_id: UUID,
    page: Annotated[Page, Depends(paged("record_taken_dose"))],
) -> Response:
    """Record it; it is never refused for having broken a rule."""
    return await page.submit(
        TakenDoseBody,
        lambda body, call: dose_orders.record_taken(order_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _taken(page, session_id, form),
    )


async def _dose(page: Page, session_id: UUID, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)
    rx: PrescriptionView | None = None
    if gates.order.prescription_id is not None:
        rx = await prescriptions.get_prescription(gates.order.prescription_id, page.call)
    return page.show(
        "dose.html",
        form=form,
        gates=gates,
        rx=rx,
        seq=gates.order.administered_count + 1,
        **await about(page, gates.course_id),
    )


async def _taken(page: Page, session_id: UUID, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)
    return page.show(
        "taken.html",
        form=form,
        gates=gates,
        reasons=[one.value for one in TakenReason],
        witnesses=witnesses(page),
        **await about(page, gates.course_id),
    )
