"""A new enquiry, and where a client is reached."""

from typing import Annotated, Final
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.web import clients
from services.intake.web.clients import (
    ContactDetailsBody,
    ContactPreferencesBody,
    RegistrationBody,
)
from shared.runtime.ids import new_id
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/clients")

ZONES: Final = sorted(name for name in available_timezones() if "/" in name)


@router.get("/new")
async def new_enquiry(
    page: Annotated[Page, Depends(paged("register_client"))], draft: UUID | None = None
) -> Response:
    """A person asks for help; each enquiry has a draft of its own."""
    if draft is None and page.kept_form is not None:
        return await _enquiry(page, page.kept_form)
    return await _enquiry(page, page.typed_in(str(draft or new_id())))


@router.post("/new")
async def register(page: Annotated[Page, Depends(paged("register_client"))]) -> Response:
    """Open a record."""
    return await page.submit(
        RegistrationBody,
        clients.register,
        then=lambda made: f"/courses/{made['course_id']}",
        again=lambda form: _enquiry(page, form),
    )


async def _enquiry(page: Page, form: Form) -> Response:
    return page.show("enquiry.html", form=form, others=page.other_drafts(form), zones=ZONES)


@router.get("/{client_id}/contact")
async def contact(
    client_id: UUID, page: Annotated[Page, Depends(paged("change_contact"))]
) -> Response:
    """Where the client is reached, and by what they agreed to be."""
    return await _contact(page, client_id, Form())


@router.post("/{client_id}/contact-details")
async def contact_details(
    client_id: UUID, page: Annotated[Page, Depends(paged("change_contact"))]
) -> Response:
    """Record where the client is reached now."""
    return await page.submit(
        ContactDetailsBody,
        lambda body, call: clients.contact_details(client_id, body, call),
        then=lambda made: f"/courses/{made['course_id']}",
        again=lambda form: _contact(page, client_id, form),
    )


@router.post("/{client_id}/contact-preferences")
async def contact_preferences(
    client_id: UUID, page: Annotated[Page, Depends(paged("change_contact"))]
) -> Response:
    """Allow or withdraw channels."""
    return await page.submit(
        ContactPreferencesBody,
        lambda body, call: clients.contact_preferences(client_id, body, call),
        then=lambda made: f"/courses/{made['course_id']}",
        again=lambda form: _contact(page, client_id, form),
    )


async def _contact(page: Page, client_id: UUID, form: Form) -> Response:
    client = await clients.client(client_id, page.call)
    return page.show("contact.html", form=form, client=client, zones=ZONES)
