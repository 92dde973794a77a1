"""What a day, a week or a room looks like; what tomorrow lacks; what is going on now."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.scheduling.domain.clinic_time import local_day
from services.scheduling.domain.holds_in_force import with_own_holds
from services.scheduling.domain.readiness import readiness
from services.scheduling.domain.session import Session
from services.scheduling.handlers.considering import booking_facts
from services.scheduling.persistence import calendar_queries as queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import Body, PlausibleDay
from services.scheduling.web.board_views import (
    BoardView,
    OccupantView,
    ReadinessLine,
    occupant,
    readiness_line,
    room_lines,
)
from services.scheduling.web.calendar_views import CalendarView, calendar, days_from, entry
from services.scheduling.web.views import Page, freshness_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["calendar"])
Reading = Annotated[Call, Depends(calling("read_sessions"))]
_WAITING = ("checked_in", "ready")
_GONE_BY = ("cancelled", "missed")


class CalendarQuery(Body):
    """From a day of the clinic on, today when left out; one room or clinician, or all."""

    day: PlausibleDay | None = None
    days: Annotated[int, Field(ge=1, le=42)] = 1
    room_id: UUID | None = None
    clinician_id: UUID | None = None


@router.get("/calendar", responses=problems())
async def shown_calendar(call: Reading, asked: Annotated[CalendarQuery, Query()]) -> CalendarView:
    """Days or weeks, by room and clinician: bookings with their buffers, hours, absences.

    What was cancelled or missed holds nothing and is left out.
    """
    zone = call.service.settings.zone
    days = days_from(asked.day or local_day(call.context.now, zone), asked.days, zone)

    async def read(uow: Uow) -> CalendarView:
        rooms = await queries.all_rooms(uow)
        people = await queries.all_clinicians(uow)
        since, until = days[0].since, days[-1].until
        found = await queries.sessions_within(uow, since, until, without=_GONE_BY)
        taken = await queries.taken_within(uow, since, until, without=_GONE_BY)
        if asked.room_id is not None:
            rooms = [room for room in rooms if room.id == asked.room_id]
            found = [s for s in found if s.room_id == asked.room_id]
            taken = [t for t in taken if t.room_id == asked.room_id]
        if asked.clinician_id is not None:
            people = [one for one in people if one.id == asked.clinician_id]
            found = [s for s in found if asked.clinician_id in {s.therapist_ref, s.attendant_ref}]
            taken = [t for t in taken if asked.clinician_id in t.clinicians]
        return calendar(days, (found, taken), rooms, people, zone)

    return await call.read(read)


@router.get("/readiness", responses=problems())
async def readiness_list(
    call: Annotated[Call, Depends(calling("read_gates"))],
    day: Annotated[PlausibleDay | None, Query(description="Tomorrow, when left out")] = None,
) -> Page[ReadinessLine]:
    """What each session of a day still lacks, with whoever can supply it; by what is known here."""
    zone = call.service.settings.zone
    wanted = day or local_day(call.context.now, zone) + timedelta(days=1)
    [local] = days_from(wanted, 1, zone)

    async def read(uow: Uow) -> Page[ReadinessLine]:
        listed = await queries.sessions_within(uow, local.since, local.until, without=_GONE_BY)
        due = [session for session in listed if session.before_start]
        await uow.lock_all({session.client_id for session in due})
        lines = []
        for session in due:
            known = await booking_facts(uow, await uow.sessions.get(session.id))
            lines.append(readiness_line(known.session, readiness(known)))
        return Page(items=lines)

    return await call.read(read)


@router.get("/safety-board", responses=problems())
async def safety_board(call: Reading) -> BoardView:
    """Every room: who is in it, how far, what has to be looked at next, who answers for it."""
    now = call.context.now

    async def read(uow: Uow) -> BoardView:
        rooms = await queries.all_rooms(uow)
        here = await queries.sessions_here(uow)
        await uow.facts.prefetch({session.course_id for session in here})
        by_room: dict[UUID | None, list[OccupantView]] = defaultdict(list)
        for session in here:
            by_room[session.room_id].append(await _occupant(uow, session, now))
        soon = await queries.sessions_within(
            uow, now - timedelta(hours=12), now + timedelta(hours=24), without=_GONE_BY
        )
        following = {
            session.room_id: entry(session)
            for session in reversed(soon)
            if session.room_id and session.before_start and session.reserved_until > now
        }
        arrived = [entry(session) for session in soon if session.status.value in _WAITING]
        unseen = await queries.taken_within(uow, now, now, without=_GONE_BY)
        taken = {one.room_id for one in unseen if one.here}
        return BoardView(
            as_of=now, rooms=room_lines(rooms, dict(by_room), following, taken), arrived=arrived
        )

    return await call.read(read)


async def _occupant(uow: Uow, session: Session, now: datetime) -> OccupantView:
    """Nobody waits for a board: it reads what is committed, and locks no client."""
    told = await uow.facts.get(session.course_id, session.client_id)
    own = await queries.own_holds_of(uow, session.course_id)
    freshness = await uow.freshness(session.client_id)
    return occupant(
        session,
        with_own_holds(told, own),
        {name: freshness_view(known) for name, known in freshness.items()},
        (await uow.protocol_of(session.course_id)).recovery,
        now,
    )
