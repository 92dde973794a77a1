"""Registrations: without one that holds, no prescription of its prescriber becomes active."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.web.api import assessments
from services.prescribing.web.api.assessments import RegistrationBody
from shared.protocol import Role
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/registrations")


@router.get("")
async def registrations(page: Annotated[Page, Depends(paged("see_registrations"))]) -> Response:
    """Every prescriber, and until when they may prescribe."""
    return await _registrations(page, Form())


@router.post("/{prescriber_ref}")
async def register(
    prescriber_ref: UUID, page: Annotated[Page, Depends(paged("record_registration"))]
) -> Response:
    """Record a licence and a DEA registration; the newest counts."""
    return await page.submit(
        RegistrationBody,
        lambda body, call: assessments.register(prescriber_ref, body, call),
        then="/registrations",
        again=lambda form: _registrations(page, form),
    )


async def _registrations(page: Page, form: Form) -> Response:
    found = await assessments.list_registrations(page.call, cursor=None, limit=200)
    known = {one.id: one for one in found.items}
    named = dict(page.people(Role.PRESCRIBER))
    return page.show(
        "registrations.html",
        form=form,
        prescribers=[(ref, name, known.get(ref)) for ref, name in named.items()],
        others=[one for ref, one in known.items() if ref not in named],
    )
