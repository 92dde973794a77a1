"""The safety board and the readiness list as the API shows them."""

from collections.abc import Container, Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.gate_discharge import escort_here
from services.scheduling.domain.readiness import Readiness
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.watching import Look, next_look, responsible
from services.scheduling.web.calendar_views import EntryView, entry
from services.scheduling.web.views import FreshnessView
from shared.protocol import Recovery
from shared.web.missing import MissingView, missing_view


class ReadinessLine(BaseModel):
    """``missing`` can be seen to now, ``on_the_day`` when the client is there."""

    session: EntryView
    ready: bool
    missing: list[MissingView]
    on_the_day: list[MissingView]


class LookView(BaseModel):
    what: Look
    due_at: datetime | None
    overdue: bool


class OccupantView(BaseModel):
    """Who is in a room now. ``escort_here`` means at the desk, and who was named."""

    session_id: UUID
    client_id: UUID
    course_id: UUID
    kind: SessionKind
    status: SessionStatus
    phase: Phase | None
    since: datetime
    planned_end_at: datetime
    overrunning: bool
    doses_seen: int
    last_dose_at: datetime | None
    next_look: LookView | None
    escort: EscortStatus | None
    escort_here: bool
    responsible_ref: UUID
    therapist_ref: UUID
    attendant_ref: UUID | None
    open_holds: list[str]
    incidents: int
    freshness: dict[str, FreshnessView]


class RoomLine(BaseModel):
    """A room, who is in it, and which booking comes next. Without a room: elsewhere.

    ``taken``: somebody else's client is in it.
    """

    room_id: UUID | None
    name: str | None
    occupants: list[OccupantView]
    taken: bool
    next: EntryView | None


class BoardView(BaseModel):
    """Everything that is going on, as of a moment."""

    as_of: datetime
    rooms: list[RoomLine]
    arrived: list[EntryView]


def readiness_line(session: Session, found: Readiness) -> ReadinessLine:
    return ReadinessLine(
        session=entry(session),
        ready=not found.missing,
        missing=missing_view(found.missing),
        on_the_day=missing_view(found.on_the_day),
    )


def occupant(
    session: Session,
    facts: CourseFacts,
    freshness: dict[str, FreshnessView],
    recovery: Recovery,
    now: datetime,
) -> OccupantView:
    look = next_look(session, facts, recovery, now)
    escort = session.escort
    holds = facts.open_holds("book", "start", "dose", "discharge")
    return OccupantView(
        session_id=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        kind=session.kind,
        status=session.status,
        phase=session.phase,
        since=session.started_at or session.checked_in_at or session.starts_at,
        planned_end_at=session.planned_end_at,
        overrunning=session.overrun_at(now),
        doses_seen=session.doses.count,
        last_dose_at=session.doses.last_at,
        next_look=LookView(what=look.what, due_at=look.due_at, overdue=look.overdue(now))
        if look
        else None,
        escort=escort.status if escort else None,
        escort_here=escort_here(session) is not None,
        responsible_ref=UUID(responsible(session)),
        therapist_ref=session.therapist_ref,
        attendant_ref=session.attendant_ref,
        open_holds=sorted({told.value.category for _, told in holds}),
        incidents=len(session.incidents),
        freshness=freshness,
    )


def room_lines(
    rooms: Iterable[Room],
    here: dict[UUID | None, list[OccupantView]],
    following: dict[UUID, EntryView],
    taken: Container[UUID | None],
) -> list[RoomLine]:
    """Every room, the empty ones too; last, who is here without a room."""
    lines = [
        RoomLine(
            room_id=room.id,
            name=room.name,
            occupants=here.get(room.id, []),
            taken=room.id in taken,
            next=following.get(room.id),
        )
        for room in rooms
    ]
    elsewhere = here.get(None, [])
    if elsewhere:
        lines.append(RoomLine(room_id=None, name=None, occupants=elsewhere, taken=False, next=None))
    return lines
