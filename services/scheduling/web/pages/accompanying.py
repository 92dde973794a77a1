"""Who takes the client home, and what is written down of a session."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.note import NoteKind
from services.scheduling.web.api import escorts, notes, therapy
from services.scheduling.web.api.escorts import ArrivalBody, EscortBody
from services.scheduling.web.api.fields import AtBody, NoBody
from services.scheduling.web.api.notes import AddendumBody, NoteBody
from services.scheduling.web.api.therapy import SummaryBody
from services.scheduling.web.pages.session_facts import session_facts
from shared.web.pages.client import open_questions
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions/{session_id}")


@router.get("/escorts")
async def all_escorts(
    session_id: UUID, page: Annotated[Page, Depends(paged("read_escort_contact"))]
) -> Response:
    """Who was promised, and how they are reached; whoever looks is on record."""
    return await _escorts(page, session_id, Form())


@router.post("/escorts")
async def confirm_escort(
    session_id: UUID, page: Annotated[Page, Depends(paged("confirm_escort"))]
) -> Response:
    """Somebody promises to take the client home."""
    return await page.submit(
        EscortBody,
        lambda body, call: escorts.confirm(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _escorts(page, session_id, form),
    )


@router.post("/escorts/{escort_id}/cancellation")
async def cancel_escort(
    session_id: UUID, escort_id: UUID, page: Annotated[Page, Depends(paged("cancel_escort"))]
) -> Response:
    """It fell through."""
    return await page.submit(
        AtBody,
        lambda body, call: escorts.cancellation(escort_id, call, body),
        then=f"/sessions/{session_id}",
        again=lambda form: _escorts(page, session_id, form),
    )


@router.post("/escorts/{escort_id}/arrival")
async def escort_arrives(
    session_id: UUID,
    escort_id: UUID,
    page: Annotated[Page, Depends(paged("record_escort_arrival"))],
) -> Response:
    """At the desk, and who was named, or not."""
    return await page.submit(
        ArrivalBody,
        lambda body, call: escorts.arrival(escort_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _escorts(page, session_id, form),
    )


async def _escorts(page: Page, session_id: UUID, form: Form) -> Response:
    facts = await session_facts(session_id, page.call)
    contacts = {
        one.id: await escorts.contact(one.id, page.call) for one in facts["session"].escorts
    }
    return page.show("escorts.html", form=form, contacts=contacts, **facts)


@router.get("/summary")
async def summary(
    session_id: UUID, page: Annotated[Page, Depends(paged("read_summaries"))]
) -> Response:
    """What the prescriber reads."""
    return await _summary(page, session_id, Form())


@router.post("/summary")
async def sign_summary(
    session_id: UUID, page: Annotated[Page, Depends(paged("share_summary"))]
) -> Response:
    """Sign it; what comes later is an addendum."""
    return await page.submit(
        SummaryBody,
        lambda body, call: therapy.summary(session_id, body, call),
        then=f"/sessions/{session_id}/summary",
        again=lambda form: _summary(page, session_id, form),
    )


async def _summary(page: Page, session_id: UUID, form: Form) -> Response:
    return page.show(
        "summary.html",
        form=form,
        summaries=(await therapy.summaries(session_id, page.call)).items,
        **await _with_questions(page, session_id),
    )


@router.get("/notes")
async def all_notes(
    session_id: UUID, page: Annotated[Page, Depends(paged("read_notes"))]
) -> Response:
    """The therapist's own; nobody else's."""
    return await _notes(page, session_id, Form())


@router.post("/notes")
async def write_note(
    session_id: UUID, page: Annotated[Page, Depends(paged("write_notes"))]
) -> Response:
    """Sign a note."""
    return await page.submit(
        NoteBody,
        lambda body, call: notes.write(session_id, body, call),
        then=f"/sessions/{session_id}/notes",
        again=lambda form: _notes(page, session_id, form),
    )


@router.post("/notes/{note_id}/addenda")
async def add_to_note(
    session_id: UUID, note_id: UUID, page: Annotated[Page, Depends(paged("write_notes"))]
) -> Response:
    """What was forgotten."""
    return await page.submit(
        AddendumBody,
        lambda body, call: notes.add(note_id, body, call),
        then=f"/sessions/{session_id}/notes",
        again=lambda form: _notes(page, session_id, form),
    )


@router.post("/notes/{note_id}/action-items/{item_id}/completion")
async def take_step(
    session_id: UUID,
    note_id: UUID,
    item_id: UUID,
    page: Annotated[Page, Depends(paged("write_notes"))],
) -> Response:
    """The client took it."""
    return await page.submit(
        NoBody,
        lambda _, call: notes.completion(note_id, item_id, call),
        then=f"/sessions/{session_id}/notes",
        again=lambda form: _notes(page, session_id, form),
    )


async def _notes(page: Page, session_id: UUID, form: Form) -> Response:
    return page.show(
        "notes.html",
        form=form,
        kinds=[one.value for one in NoteKind],
        notes=(await notes.notes(session_id, page.call)).items,
        **await _with_questions(page, session_id),
    )


async def _with_questions(page: Page, session_id: UUID) -> dict[str, Any]:
    """The session, and what the client asked and nobody answered: in sight where one writes."""
    facts = await session_facts(session_id, page.call)
    asked = await open_questions(page.call, facts["session"].course_id)
    return {**facts, "open_questions": asked}
