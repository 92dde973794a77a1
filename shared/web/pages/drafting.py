"""Drafts of forms: kept while somebody types, shown again, and never over another tab's."""

import re
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from shared.storage import form_drafts
from shared.storage.form_drafts import Draft, DraftTooLong
from shared.web.pages.forms import draft_seen, kept_values, page_of, sent_form, subject_of
from shared.web.pages.guard import assert_own_form
from shared.web.pages.inside import inside
from shared.web.pages.page import Page, paged
from shared.web.sign_in import kept_forms

router = APIRouter(include_in_schema=False)

PATH: Final = re.compile(r"/[\w/.-]{1,200}")
SUBJECT: Final = re.compile(r"[\w.-]{0,80}")


@router.post("/drafts")
async def save(page: Annotated[Page, Depends(paged("keep_draft"))]) -> Response:
    """Keep what was typed so far; 409 when another tab kept something else meanwhile."""
    sent = await sent_form(page.call.request)
    assert_own_form(page.person.form_token, sent.get("form_token"))
    form = _form(sent)
    actor, now, seals = page.call.actor, page.call.context.now, page.call.service.seals
    async with page.call.service.database.engine.begin() as connection:
        try:
            kept = await form_drafts.save(
                connection,
                seals,
                actor,
                form,
                kept_values(sent),
                seen=draft_seen(sent),
                now=now,
            )
        except DraftTooLong:
            raise HTTPException(413, "This is longer than a form can be.") from None
        found = await form_drafts.find(connection, seals, actor, form, now)
    return _told(found, now, kept=kept)


@router.post("/drafts/discard")
async def discard(page: Annotated[Page, Depends(paged("keep_draft"))]) -> Response:
    """Begin the form anew."""
    sent = await sent_form(page.call.request)
    assert_own_form(page.person.form_token, sent.get("form_token"))
    form = _form(sent)
    async with page.call.service.database.engine.begin() as connection:
        await form_drafts.drop(connection, page.call.service.seals, page.call.actor, form)
    return RedirectResponse(_back(str(sent.get("form_page"))), status_code=303)


def _form(sent: FormData) -> str:
    page, subject = page_of(sent), subject_of(sent)
    if not PATH.fullmatch(page) or not SUBJECT.fullmatch(subject):
        raise HTTPException(422, "A draft belongs to a form of this service.")
    return form_drafts.form_of(page, subject)


def _back(page: str) -> str:
    """The page that the form stands on, without what was kept of it."""
    parts = urlsplit(inside(page))
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name != kept_forms.NAME]
    return urlunsplit(parts._replace(query=urlencode(asked)))


def _told(found: Draft | None, now: datetime, *, kept: bool) -> JSONResponse:
    version = found.version if found else 0
    at = (found.saved_at if found else now).isoformat()
    return JSONResponse({"version": version, "saved_at": at}, status_code=200 if kept else 409)
