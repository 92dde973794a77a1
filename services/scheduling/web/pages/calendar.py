"""The day and the week, what tomorrow still lacks, and the safety board."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.scheduling.domain.clinic_time import local_day
from services.scheduling.web.api import calendar as api
from services.scheduling.web.api import roster
from services.scheduling.web.api.calendar import CalendarQuery
from services.scheduling.web.api.fields import PlausibleDay
from services.scheduling.web.calendar_views import (
    CalendarView,
    DayView,
    EntryView,
    LaneView,
    TakenView,
)
from services.scheduling.web.pages.colleagues import MOST, colleagues_of
from services.scheduling.web.pages.dragging import draggable
from services.scheduling.web.pages.lanes import Grid, grid
from services.scheduling.web.pages.naming import names_of
from services.scheduling.web.pages.readying import Ways
from shared.web.pages.page import Page, paged

router = APIRouter()

_WEEK = 7


@router.get("/")
async def calendar(
    page: Annotated[Page, Depends(paged("read_sessions"))],
    day: PlausibleDay | None = None,
    view: Literal["day", "week"] = "day",
    by: Literal["room", "clinician"] = "room",
    lane: Annotated[UUID | None, Query(description="Only this room or clinician")] = None,
) -> Response:
    """A day by room or therapist, or a week."""
    zone = page.call.service.settings.zone
    today = local_day(page.call.context.now, zone)
    shown = day or today
    if view == "week":
        shown -= timedelta(days=shown.weekday())
    asked = CalendarQuery(
        day=shown,
        days=_WEEK if view == "week" else 1,
        room_id=lane if by == "room" else None,
        clinician_id=lane if by == "clinician" else None,
    )
    found = await api.shown_calendar(page.call, asked)
    everything = found if lane is None else await api.shown_calendar(page.call, CalendarQuery())
    step = timedelta(days=asked.days)
    shown_grid = _grid(page, found, view, by)
    names = await names_of(page.call, (one.client_id for one in found.entries))
    return page.show(
        "calendar.html",
        calendar=found,
        grid=shown_grid,
        drag=draggable(
            found,
            shown_grid,
            names,
            zone,
            by=by,
            week=view == "week",
            day=shown,
            may_move=page.may("reschedule_session"),
        ),
        lanes=[one for one in everything.lanes if one.resource == by],
        names=names,
        name_of=(await colleagues_of(page.call)).name_of,
        rooms={one.id: one.name for one in everything.lanes if one.resource == "room"},
        day=shown,
        today=today,
        before=shown - step,
        after=shown + step,
        view=view,
        by=by,
        lane=lane,
    )


def _grid(page: Page, found: CalendarView, view: str, by: str) -> Grid:
    zone = page.call.service.settings.zone
    everything: list[EntryView | TakenView] = [*found.entries, *found.taken]
    if view == "week":
        days = [
            (
                one.day.isoformat(),
                one.day,
                [e for e in everything if _within(e, one)],
            )
            for one in found.days
        ]
        return grid(days, zone)
    lanes = [one for one in found.lanes if one.resource == by]
    return grid(
        [
            (
                one.name,
                found.days[0].day,
                [e for e in everything if _in_lane(e, one)],
            )
            for one in lanes
        ],
        zone,
    )


def _in_lane(entry: EntryView | TakenView, lane: LaneView) -> bool:
    if isinstance(entry, EntryView):
        return entry.session_id in lane.sessions
    return lane.id in {entry.room_id, *entry.clinicians}


def _within(entry: EntryView | TakenView, day: DayView) -> bool:
    return entry.starts_at < day.until and entry.planned_end_at > day.since


@router.get("/readiness")
async def readiness(
    page: Annotated[Page, Depends(paged("read_gates"))], day: PlausibleDay | None = None
) -> Response:
    """What each session of a day still lacks, and who can supply it."""
    zone = page.call.service.settings.zone
    today = local_day(page.call.context.now, zone)
    shown = day or today + timedelta(days=1)
    lines = (await api.readiness_list(page.call, shown)).items
    return page.show(
        "readiness.html",
        lines=lines,
        way_to=Ways(page.call).to,
        names=await names_of(page.call, (line.session.client_id for line in lines)),
        rooms={one.id: one.name for one in (await roster.rooms(page.call, MOST)).items},
        name_of=(await colleagues_of(page.call)).name_of,
        day=shown,
        today=today,
        before=shown - timedelta(days=1),
        after=shown + timedelta(days=1),
    )


@router.get("/board")
async def board(page: Annotated[Page, Depends(paged("read_sessions"))]) -> Response:
    """Every room: who is in it, what is due next, who answers for it."""
    found = await api.safety_board(page.call)
    clients = {one.client_id for room in found.rooms for one in room.occupants}
    clients |= {one.client_id for one in found.arrived}
    clients |= {room.next.client_id for room in found.rooms if room.next}
    return page.show(
        "board.html",
        board=found,
        names=await names_of(page.call, clients),
        name_of=(await colleagues_of(page.call)).name_of,
        overdue=sum(
            1
            for room in found.rooms
            for one in room.occupants
            if one.next_look and one.next_look.overdue
        ),
    )
