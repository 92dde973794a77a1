"""Notes are signed once, belong to a session that was held, and are for its therapists."""

from dataclasses import replace
from typing import Any

import pytest

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
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from shared.decisions import Refused
from tests.unit.scheduling.building import NURSE, THERAPIST, at, dosed, named, session

STEP = ActionItem(id=named("step"), text="walk")
HELD = session(SessionKind.INTEGRATION, status=SessionStatus.COMPLETED)


def write(of: Session = HELD, **changes: Any) -> Note:
    good: dict[str, Any] = {
        "note_id": named("note"),
        "kind": NoteKind.INTEGRATION,
        "author_ref": THERAPIST,
        "text": "words",
        "action_items": (STEP,),
        "items_expected": True,
        "at": at("16:00"),
    }
    return write_note(of, **{**good, **changes})


def refusal(of: Session = HELD, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        write(of, **changes)
    return refused.value.refusals[0].slug


def test_an_integration_leads_to_steps_where_the_clinic_asks_for_them() -> None:
    assert write().action_items == (STEP,)
    assert refusal(action_items=()) == "action-items-missing"
    assert write(action_items=(), items_expected=False).action_items == ()


@pytest.mark.parametrize("status", list(SessionStatus))
def test_only_a_session_that_was_held_has_notes(status: SessionStatus) -> None:
    here = session(status=status)
    held = not here.before_start and status not in {
        SessionStatus.CANCELLED,
        SessionStatus.MISSED,
    }
    if held:
        assert write(here, kind=NoteKind.GENERAL).session_id == here.id
    else:
        assert refusal(here, kind=NoteKind.GENERAL) == "session-not-held"


def test_a_kind_of_note_belongs_to_its_kind_of_session() -> None:
    assert write(dosed(), kind=NoteKind.SUPPORT, items_expected=False).kind is NoteKind.SUPPORT
    assert refusal(dosed()) == "note-of-another-kind"
    assert refusal(kind=NoteKind.SUPPORT) == "note-of-another-kind"


def test_an_addendum_is_a_note_of_its_own_and_belongs_to_the_first() -> None:
    first = write()
    more = add_to_note(
        first,
        note_id=named("more"),
        author_ref=NURSE,
        text="more",
        action_items=(),
        at=at("17:00"),
    )
    assert (more.addendum_to, more.author_ref, more.kind) == (first.id, NURSE, first.kind)
    again = add_to_note(
        more,
        note_id=named("again"),
        author_ref=NURSE,
        text="again",
        action_items=(),
        at=at("18:00"),
    )
    assert again.addendum_to == first.id
    assert first == write()


def test_a_step_is_taken_once() -> None:
    done = complete_item(write(), STEP.id, at=at("18:00"))
    assert done.action_items == (replace(STEP, done_at=at("18:00")),)
    for note, item in ((done, STEP.id), (write(), named("other"))):
        with pytest.raises(Refused):
            complete_item(note, item, at=at("18:01"))


def test_notes_are_for_the_sessions_and_the_courses_therapist() -> None:
    assert may_read(THERAPIST, HELD, None)
    assert may_read(named("course therapist"), HELD, named("course therapist"))
    assert not may_read(NURSE, HELD, named("course therapist"))
    assert not may_read(None, HELD, None)
