"""The page that opens a record in an emergency, and the list of those to be reviewed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from shared.storage.emergency import EmergencyReason, Finding
from shared.web import emergency as api
from shared.web.emergency import EmergencyBody, ReviewBody
from shared.web.pages.forms import Form
from shared.web.pages.inside import inside
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/clients/{client_id}/emergency-access")
async def ask(
    client_id: UUID, page: Annotated[Page, Depends(paged("break_glass"))], then: str = "/"
) -> Response:
    """What it means, and why it is done."""
    return await _ask(page, client_id, Form(), then)


@router.post("/clients/{client_id}/emergency-access")
async def break_glass(
    client_id: UUID, page: Annotated[Page, Depends(paged("break_glass"))], then: str = "/"
) -> Response:
    """Open the record, and go on to where somebody was turned away."""
    return await page.submit(
        EmergencyBody,
        lambda body, call: api.break_glass(client_id, body, call),
        then=inside(then),
        again=lambda form: _ask(page, client_id, form, then),
    )


@router.get("/emergency-accesses")
async def listed(
    page: Annotated[Page, Depends(paged("review_emergency_access"))], reviewed_too: bool = False
) -> Response:
    """Whoever opened a record, and what somebody else found."""
    return await _listed(page, Form(), reviewed_too=reviewed_too)


@router.post("/emergency-accesses/{access_id}/review")
async def review(
    access_id: UUID, page: Annotated[Page, Depends(paged("review_emergency_access"))]
) -> Response:
    """Say whether it was right."""
    return await page.submit(
        ReviewBody,
        lambda body, call: api.review_emergency_access(access_id, body, call),
        then="/emergency-accesses",
        again=lambda form: _listed(page, form, reviewed_too=False),
    )


async def _ask(page: Page, client_id: UUID, form: Form, then: str) -> Response:
    return page.show(
        "emergency.html",
        form=form,
        client_id=client_id,
        then=inside(then),
        reasons=[one.value for one in EmergencyReason],
    )


async def _listed(page: Page, form: Form, *, reviewed_too: bool) -> Response:
    return page.show(
        "emergencies.html",
        form=form,
        accesses=await api.emergency_accesses(page.call, reviewed_too),
        findings=[one.value for one in Finding],
        reviewed_too=reviewed_too,
    )
