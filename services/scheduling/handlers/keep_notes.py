"""Notes of a session, addenda, and what was agreed to be done."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.scheduling.domain.note import (
    ActionItem,
    Note,
    NoteKind,
    add_to_note,
    complete_item,
    may_read,
    write_note,
)
from services.scheduling.domain.session import Session
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change, refuse
from shared.storage import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote:
    session_id: UUID
    kind: NoteKind
    text: str
    action_items: tuple[NewItem, ...] = ()
    nothing_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToNote:
    note_id: UUID
    text: str
    action_items: tuple[NewItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteItem:
    note_id: UUID
    item_id: UUID


async def write_session_note(command: WriteNote, uow: UnitOfWork) -> Note:
    session, author = await own_session(uow, command.session_id)
    note = write_note(
        session,
        note_id=uow.new_id(),
        kind=command.kind,
        author_ref=author,
        text=command.text,
        action_items=_items(uow, command.action_items),
        items_expected=(
            await uow.protocol_of(session.course_id)
        ).talk_sessions.integration_action_items
        and not command.nothing_agreed,
        at=uow.now,
    )
    return await uow.notes.save(Change(note))


async def add_to_session_note(command: AddToNote, uow: UnitOfWork) -> Note:
    note = await uow.notes.get(command.note_id)
    _, author = await own_session(uow, note.session_id)
    addendum = add_to_note(
        note,
        note_id=uow.new_id(),
        author_ref=author,
        text=command.text,
        action_items=_items(uow, command.action_items),
        at=uow.now,
    )
    return await uow.notes.save(Change(addendum))


async def complete_action_item(command: CompleteItem, uow: UnitOfWork) -> Note:
    note = await uow.notes.get(command.note_id)
    await own_session(uow, note.session_id)
    return await uow.notes.save(Change(complete_item(note, command.item_id, at=uow.now)))


async def own_session(uow: UnitOfWork, session_id: UUID) -> tuple[Session, UUID]:
    """The session, for one of its therapists; for everybody else there is none."""
    session = await uow.sessions.get(session_id)
    facts = await known_of(uow, session.course_id, session.client_id)
    team = facts.care_team.told
    reader = uow.actor.ref
    if reader is None:
        refuse("author-not-named", "F71", role=uow.actor.role)
    if not may_read(reader, session, team.value.therapist_ref if team else None):
        raise NotFound("session", session_id)
    return session, reader


def _items(uow: UnitOfWork, wanted: tuple[NewItem, ...]) -> tuple[ActionItem, ...]:
    return tuple(ActionItem(id=uow.new_id(), text=i.text, due_on=i.due_on) for i in wanted)
