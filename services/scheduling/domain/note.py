"""Session notes and what was agreed to be done: the therapist's own, and never anybody else's.

A note is signed when it is written. Nothing of it is changed afterwards; what was forgotten is an
addendum. Its words leave this service in no way (F71, F96).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from shared.decisions import Unblock, refuse

_NEVER_HELD = frozenset({SessionStatus.CANCELLED, SessionStatus.MISSED})


class NoteKind(StrEnum):
    """``support`` is of the hours with medicine (F71), ``integration`` carries action items."""

    GENERAL = "general"
    SUPPORT = "support"
    INTEGRATION = "integration"


_ONLY_OF = {NoteKind.SUPPORT: SessionKind.DOSING, NoteKind.INTEGRATION: SessionKind.INTEGRATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """One step that the client means to take (F96)."""

    id: UUID
    text: str
    due_on: date | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    kind: NoteKind
    author_ref: UUID
    signed_at: datetime
    text: str
    action_items: tuple[ActionItem, ...] = ()
    addendum_to: UUID | None = None


def write_note(
    session: Session,
    *,
    note_id: UUID,
    kind: NoteKind,
    author_ref: UUID,
    text: str,
    action_items: tuple[ActionItem, ...],
    items_expected: bool,
    at: datetime,
) -> Note:
    """Signed and locked. ``items_expected`` is the clinic's wish for steps after an integration."""
    if session.before_start or session.status in _NEVER_HELD:
        refuse("session-not-held", "F71", status=session.status.value)
    if kind in _ONLY_OF and session.kind is not _ONLY_OF[kind]:
        refuse("note-of-another-kind", "F96", kind=kind.value, session_kind=session.kind.value)
    if kind is NoteKind.INTEGRATION and items_expected and not action_items:
        refuse(
            "action-items-missing",
            "F96",
            Unblock(
                fact="action_items",
                owner="scheduling",
                action="say what was agreed, or that nothing was",
            ),
            kind=kind.value,
        )
    return Note(
        id=note_id,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        kind=kind,
        author_ref=author_ref,
        signed_at=at,
        text=text,
        action_items=action_items,
    )


def add_to_note(
    note: Note,
    *,
    note_id: UUID,
    author_ref: UUID,
    text: str,
    action_items: tuple[ActionItem, ...],
    at: datetime,
) -> Note:
    """An addendum: a note of its own, that says which one it belongs to."""
    return replace(
        note,
        id=note_id,
        author_ref=author_ref,
        signed_at=at,
        text=text,
        action_items=action_items,
        addendum_to=note.addendum_to or note.id,
    )


def complete_item(note: Note, item_id: UUID, *, at: datetime) -> Note:
    """The client took the step; once."""
    item = next((item for item in note.action_items if item.id == item_id), None)
    if item is None:
        refuse("action-item-not-known", "F96", item_id=str(item_id))
    if item.done_at is not None:
        refuse("action-item-already-done", "F96", done_at=item.done_at.isoformat())
    done = replace(item, done_at=at)
    return replace(
        note, action_items=tuple(done if one.id == item_id else one for one in note.action_items)
    )


def may_read(reader: UUID | None, session: Session, therapist_of_course: UUID | None) -> bool:
    """Session notes are for who held the session and for the course's therapist, nobody else."""
    return reader is not None and reader in {session.therapist_ref, therapist_of_course}
