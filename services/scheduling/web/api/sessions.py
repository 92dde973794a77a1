"""Sessions: booked, moved, cancelled, missed, listed."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.scheduling.domain.clinic_time import local_midnight
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.handlers.book_session import book_session
from services.scheduling.handlers.move_session import (
    CancelSession,
    MissSession,
    cancel_session,
    miss_session,
    reschedule_session,
)
from services.scheduling.handlers.receive_client import (
    CheckIn,
    RecordAssent,
    check_in_client,
    record_clients_assent,
)
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.booking_bodies import BookingBody, RescheduleBody
from services.scheduling.web.api.fields import (
    AtBody,
    Body,
    NoBody,
    PlausibleDay,
    Stated,
    bad_cursor,
)
from services.scheduling.web.session_views import SessionView, shown
from services.scheduling.web.views import Page
from shared.protocol import HoldCategory
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["sessions"])
Reading = Annotated[Call, Depends(calling("read_sessions"))]


class SessionQuery(Body):
    """Which sessions: everything that is given must be so."""

    day: Annotated[PlausibleDay | None, Field(description="A day at the clinic")] = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    course_id: UUID | None = None
    client_id: UUID | None = None
    kind: SessionKind | None = None
    status: SessionStatus | None = None
    here: Annotated[bool | None, Field(description="Only who is in a room now")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str | None, Field(max_length=200)] = None

    def wanted(self, zone: ZoneInfo) -> queries.SessionFilter:
        """The filter, with the day as the clinic's."""
        day = self.day
        return queries.SessionFilter(
            starts_from=local_midnight(day, zone) if day else None,
            starts_before=local_midnight(day + timedelta(days=1), zone) if day else None,
            room_id=self.room_id,
            therapist_ref=self.therapist_ref,
            course_id=self.course_id,
            client_id=self.client_id,
            kind=self.kind.value if self.kind else None,
            status=self.status.value if self.status else None,
            here=self.here,
        )


class CancellationBody(Body):
    """Who wanted it; why stays in this service."""

    by_role: Role
    hold_category: HoldCategory | None = None


class AssentBody(Body):
    """``given: false`` is a no, and needs no explanation to have been heard."""

    process_explained: bool
    given: bool = True
    at: Stated = None


@router.post("/sessions", status_code=201, responses=problems(404, 409))
async def book(
    body: BookingBody, call: Annotated[Call, Depends(calling("book_session"))]
) -> SessionView:
    """Book a session. A dosing session goes through G-BOOK; nothing is booked twice."""
    return await call.run_gate(book_session, body.command(), shown(call))


@router.get("/sessions", responses=problems())
async def sessions(call: Reading, asked: Annotated[SessionQuery, Query()]) -> Page[SessionView]:
    """Sessions in the order of their start: by day, room, therapist, course, kind or status."""
    wanted = asked.wanted(call.service.settings.zone)

    async def read(uow: Uow) -> Page[SessionView]:
        found, following = await queries.list_sessions(
            uow, wanted, after=asked.after, limit=asked.limit
        )
        return Page(items=[shown(call)(s) for s in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None


@router.get("/sessions/{session_id}", responses=problems(404))
async def session(session_id: UUID, call: Reading) -> SessionView:
    """One session, with its way so far."""

    async def read(uow: Uow) -> SessionView:
        found, version = await queries.session_with_version(uow, session_id)
        uow.saw(found.id, version)
        return shown(call)(found)

    return await call.read(read)


@router.post("/sessions/{session_id}/reschedule", responses=problems(404, 409, 412))
async def reschedule(
    session_id: UUID,
    body: RescheduleBody,
    call: Annotated[Call, Depends(calling("reschedule_session"))],
) -> SessionView:
    """Another time, therapist or room. With a new time assent and arrival begin anew."""
    return await call.run_gate(reschedule_session, body.command(session_id), shown(call))


@router.post("/sessions/{session_id}/cancellation", responses=problems(404, 409, 412))
async def cancellation(
    session_id: UUID,
    body: CancellationBody,
    call: Annotated[Call, Depends(calling("cancel_session"))],
) -> SessionView:
    """Before the start only; what runs is stopped or ended instead."""
    command = CancelSession(
        session_id=session_id,
        by_role=body.by_role,
        because=body.hold_category.value if body.hold_category else None,
    )
    return await call.run(cancel_session, command, shown(call))


@router.post("/sessions/{session_id}/missed", responses=problems(404, 409, 412))
async def missed(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("miss_session"))],
    _body: NoBody | None = None,
) -> SessionView:
    """The client did not come."""
    return await call.run(miss_session, MissSession(session_id=session_id), shown(call))


@router.post("/sessions/{session_id}/check-in", responses=problems(404, 409, 412))
async def check_in(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("check_in"))],
    body: AtBody | None = None,
) -> SessionView:
    """The client is here."""
    command = CheckIn(session_id=session_id, at=(body or AtBody()).at)
    return await call.run(check_in_client, command, shown(call))


@router.post("/sessions/{session_id}/assent", responses=problems(404, 409, 412))
async def assent(
    session_id: UUID,
    body: AssentBody,
    call: Annotated[Call, Depends(calling("record_assent"))],
) -> SessionView:
    """Today's yes or no, after today's explanation (F40)."""
    command = RecordAssent(
        session_id=session_id,
        process_explained=body.process_explained,
        given=body.given,
        at=body.at,
    )
    return await call.run(record_clients_assent, command, shown(call))
