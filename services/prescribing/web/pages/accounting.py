"""Medicine that is not given: withheld, given back, destroyed before a witness."""

from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.web.api import dose_orders, standing
from services.prescribing.web.api.dose_orders import ReturnBody, WasteBody, WithholdingBody
from services.prescribing.web.api.fields import OwnCategory
from services.prescribing.web.pages.about import about, witnesses
from shared.storage import NotFound
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")

Handling = Annotated[Page, Depends(paged("handle_medicine"))]
Withholding = Annotated[Page, Depends(paged("withhold_dose"))]


@router.get("/{session_id}/withholding")
async def withholding(session_id: UUID, page: Withholding) -> Response:
    """Why is no dose to be given?"""
    return await _withholding(page, session_id, Form())


@router.post("/{session_id}/orders/{order_id}/withholding")
async def withhold(session_id: UUID, order_id: UUID, page: Withholding) -> Response:
    """No dose; the hold of its cause is placed with it."""
    return await page.submit(
        WithholdingBody,
        lambda body, call: dose_orders.withhold(order_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _withholding(page, session_id, form),
    )


@router.get("/{session_id}/return")
async def returning(session_id: UUID, page: Handling) -> Response:
    """Medicine that was not taken goes back."""
    return await _medicine(page, session_id, "return.html", Form())


@router.post("/{session_id}/orders/{order_id}/return")
async def give_back(session_id: UUID, order_id: UUID, page: Handling) -> Response:
    """Back into the store, before a witness."""
    return await page.submit(
        ReturnBody,
        lambda body, call: dose_orders.give_back(order_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _medicine(page, session_id, "return.html", form),
    )


@router.get("/{session_id}/waste")
async def wasting(session_id: UUID, page: Handling) -> Response:
    """What is left over is destroyed."""
    return await _medicine(page, session_id, "waste.html", Form())


@router.post("/{session_id}/orders/{order_id}/wastes")
async def waste(session_id: UUID, order_id: UUID, page: Handling) -> Response:
    """Destroyed, before a witness."""
    return await page.submit(
        WasteBody,
        lambda body, call: dose_orders.waste(order_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _medicine(page, session_id, "waste.html", form),
    )


async def _withholding(page: Page, session_id: UUID, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)
    return page.show(
        "withholding.html",
        form=form,
        gates=gates,
        categories=get_args(OwnCategory),
        **await about(page, gates.course_id),
    )


async def _medicine(page: Page, session_id: UUID, template: str, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)
    try:
        ledger = await dose_orders.get_ledger(gates.order.id, page.call)
    except NotFound:
        ledger = None
    return page.show(
        template,
        form=form,
        gates=gates,
        ledger=ledger,
        witnesses=witnesses(page),
        **await about(page, gates.course_id),
    )
