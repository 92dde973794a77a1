"""Session notes: written, added to, read by their therapists; and the steps that were agreed."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.scheduling.domain.note import ActionItem, Note, NoteKind
from services.scheduling.handlers.keep_notes import (
    AddToNote,
    CompleteItem,
    NewItem,
    WriteNote,
    add_to_session_note,
    complete_action_item,
    own_session,
    write_session_note,
)
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import Body, NoBody, PlausibleDay, Words
from services.scheduling.web.views import Page
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["notes"])
Writing = Annotated[Call, Depends(calling("write_notes"))]
Reading = Annotated[Call, Depends(calling("read_notes"))]


class ItemBody(Body):
    text: Words
    due_on: PlausibleDay | None = None


class AddendumBody(Body):
    text: Words
    action_items: Annotated[list[ItemBody], Field(max_length=50, default_factory=list)]

    def items(self) -> tuple[NewItem, ...]:
        return tuple(NewItem(text=item.text, due_on=item.due_on) for item in self.action_items)


class NoteBody(AddendumBody):
    """``nothing_agreed`` says that an integration led to no step, where the clinic asks for one."""

    kind: NoteKind = NoteKind.GENERAL
    nothing_agreed: bool = False


class ItemView(BaseModel):
    id: UUID
    note_id: UUID
    session_id: UUID
    text: str
    due_on: date | None
    done_at: datetime | None


class NoteView(BaseModel):
    """Private to the therapists of the session; whoever reads it is on record."""

    id: UUID
    session_id: UUID
    kind: NoteKind
    author_ref: UUID
    signed_at: datetime
    text: str
    action_items: list[ItemView]
    addendum_to: UUID | None


def item_view(note: Note, item: ActionItem) -> ItemView:
    return ItemView(
        id=item.id,
        note_id=note.id,
        session_id=note.session_id,
        text=item.text,
        due_on=item.due_on,
        done_at=item.done_at,
    )


def note_view(note: Note) -> NoteView:
    return NoteView(
        id=note.id,
        session_id=note.session_id,
        kind=note.kind,
        author_ref=note.author_ref,
        signed_at=note.signed_at,
        text=note.text,
        action_items=[item_view(note, item) for item in note.action_items],
        addendum_to=note.addendum_to,
    )


@router.post("/sessions/{session_id}/notes", status_code=201, responses=problems(404, 409, 412))
async def write(session_id: UUID, body: NoteBody, call: Writing) -> NoteView:
    """Signed and locked; what was forgotten is an addendum."""
    command = WriteNote(
        session_id=session_id,
        kind=body.kind,
        text=body.text,
        action_items=body.items(),
        nothing_agreed=body.nothing_agreed,
    )
    return await call.run(write_session_note, command, note_view)


@router.post("/notes/{note_id}/addenda", status_code=201, responses=problems(404, 409, 412))
async def add(note_id: UUID, body: AddendumBody, call: Writing) -> NoteView:
    """What belongs to a note and came later."""
    command = AddToNote(note_id=note_id, text=body.text, action_items=body.items())
    return await call.run(add_to_session_note, command, note_view)


@router.post(
    "/notes/{note_id}/action-items/{item_id}/completion", responses=problems(404, 409, 412)
)
async def completion(
    note_id: UUID, item_id: UUID, call: Writing, _body: NoBody | None = None
) -> NoteView:
    """The client took the step."""
    command = CompleteItem(note_id=note_id, item_id=item_id)
    return await call.run(complete_action_item, command, note_view)


@router.get("/sessions/{session_id}/notes", responses=problems(404))
async def notes(session_id: UUID, call: Reading) -> Page[NoteView]:
    """Every note of a session, the first one first; for its therapists only."""

    async def read(uow: Uow) -> Page[NoteView]:
        await own_session(uow, session_id)
        found = await queries.notes_of(uow, session_id)
        return Page(items=[note_view(note) for note in found])

    return await call.read(read)
