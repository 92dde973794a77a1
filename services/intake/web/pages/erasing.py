"""Asking for an erasure, and the list of those that wait for somebody else."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.domain.erasure import ErasureBasis
from services.intake.web import erasures
from services.intake.web.erasures import ErasureBody, ErasureView, erasure_view
from services.intake.web.fields import Body
from services.intake.web.paging import PAGE, Cursor
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/clients/{client_id}/erasure")
async def asking(
    client_id: UUID, page: Annotated[Page, Depends(paged("request_erasure"))]
) -> Response:
    """What it means, on which ground, and what was asked for already."""
    return await _asking(page, client_id, Form())


@router.post("/clients/{client_id}/erasure")
async def request(
    client_id: UUID, page: Annotated[Page, Depends(paged("request_erasure"))]
) -> Response:
    """Ask; somebody else decides."""
    return await page.submit(
        ErasureBody,
        lambda body, call: erasures.request(client_id, body, call),
        then=f"/clients/{client_id}/erasure",
        again=lambda form: _asking(page, client_id, form),
    )


@router.get("/erasures")
async def listed(
    page: Annotated[Page, Depends(paged("see_erasures"))],
    ended_too: bool = False,
    cursor: Cursor = None,
) -> Response:
    """What waits for a second person, and what waits for an answer."""
    return await _listed(page, Form(), ended_too=ended_too, cursor=cursor)


@router.post("/erasures/{erasure_id}/confirmation")
async def confirm(
    erasure_id: UUID, page: Annotated[Page, Depends(paged("confirm_erasure"))]
) -> Response:
    """Erase the client."""

    async def act(_body: Body, call: Call) -> ErasureView:
        return await erasures.confirmation(erasure_id, call)

    return await _decide(page, act)


@router.post("/erasures/{erasure_id}/withdrawal")
async def withdraw(
    erasure_id: UUID, page: Annotated[Page, Depends(paged("withdraw_erasure"))]
) -> Response:
    """Let the record be."""

    async def act(_body: Body, call: Call) -> ErasureView:
        return await erasures.withdrawal(erasure_id, call)

    return await _decide(page, act)


async def _decide(page: Page, act: Any) -> Response:
    return await page.submit(
        Body,
        act,
        then="/erasures?ended_too=true",
        again=lambda form: _listed(page, form, ended_too=False, cursor=None),
    )


async def _asking(page: Page, client_id: UUID, form: Form) -> Response:
    async def read(uow: Any) -> dict[str, Any]:
        client = await uow.clients.get(client_id)
        asked = await uow.erasures.list_by(subject_id=client.id)
        waiting = [erasure_view(one) for one in asked if one.under_way]
        return {"client_id": client.id, "name": client.name, "waiting": waiting}

    return page.show(
        "erasure.html",
        form=form,
        bases=[one.value for one in ErasureBasis],
        **await page.call.read(read),
    )


async def _listed(page: Page, form: Form, *, ended_too: bool, cursor: Cursor) -> Response:
    return page.show(
        "erasures.html",
        form=form,
        erasures=await erasures.erasures(page.call, ended_too, cursor, PAGE),
        ended_too=ended_too,
    )
