"""What the calendar's script is given: the same bookings as in the table, and who may move them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.web.calendar_views import (
    CalendarView,
    EntryView,
    LaneView,
    TakenView,
)
from services.scheduling.web.pages.lanes import ROWS_PER_HOUR, Grid
from services.scheduling.web.pages.naming import Names

ROWS = "resourceTimelineMonth"
"""The library's view of whole days for each resource; its length is set to a week."""
MOVABLE = frozenset({SessionStatus.SCHEDULED, SessionStatus.BLOCKED})


def draggable(
    found: CalendarView,
    grid: Grid,
    names: Names,
    zone: ZoneInfo,
    *,
    by: str,
    week: bool,
    day: date,
    may_move: bool,
) -> dict[str, Any]:
    """A day in columns of ``by``; a week in rows of it, or of one alone by the hour. Moments are
    the clinic's wall clock."""
    lanes = [one for one in found.lanes if one.resource == by]
    columns = {one.id for one in lanes}
    rows = week and len(lanes) > 1
    return {
        "view": ROWS if rows else "timeGridWeek" if week else "resourceTimeGridDay",
        "date": day.isoformat(),
        "since": _hour(grid.first),
        "until": _hour(grid.until),
        "lines": {},
        "resources": [{"id": str(one.id), "title": one.name} for one in lanes],
        "entries": [
            *(_entry(one, names, zone, columns, may_move=may_move) for one in found.entries),
            *(_buffer(one, zone, columns) for one in found.entries if not rows),
            *(_taken(n, one, zone, columns, rows=rows) for n, one in enumerate(found.taken)),
            *(absence for lane in lanes for absence in _absences(lane, zone, rows=rows)),
        ],
    }


def _entry(
    one: EntryView,
    names: Names,
    zone: ZoneInfo,
    columns: set[UUID],
    *,
    may_move: bool,
) -> dict[str, Any]:
    starts, ends = _wall(one.starts_at, zone), _wall(one.planned_end_at, zone)
    return {
        "id": str(one.session_id),
        "title": names.of(one.client_id),
        "start": starts,
        "end": ends,
        "resourceIds": [str(ref) for ref in _resources(one) if ref in columns],
        "startEditable": may_move and one.status in MOVABLE,
        "classNames": ["slip", one.kind.value, one.status.value],
        "extendedProps": {
            "when": f"{starts[11:]}–{ends[11:]}",
            "parts": {str(ref): part for ref, part in _resources(one).items()},
        },
    }


def _buffer(one: EntryView, zone: ZoneInfo, columns: set[UUID]) -> dict[str, Any]:
    return {
        "id": f"{one.session_id}-buffer",
        "start": _wall(one.planned_end_at, zone),
        "end": _wall(one.reserved_until, zone),
        "resourceIds": [str(ref) for ref in _resources(one) if ref in columns],
        "display": "background",
        "classNames": ["buffer"],
    }


def _taken(
    number: int, one: TakenView, zone: ZoneInfo, columns: set[UUID], *, rows: bool
) -> dict[str, Any]:
    """A time of somebody else's client: nothing to drag, and nobody to tell who it is."""
    here = [str(ref) for ref in (one.room_id, *one.clinicians) if ref in columns]
    span = (_wall(one.starts_at, zone), _wall(one.until, zone))
    return _away(f"taken-{number}", span, here, rows=rows)


def _absences(lane: LaneView, zone: ZoneInfo, *, rows: bool) -> list[dict[str, Any]]:
    return [
        _away(str(a.id), (_wall(a.since, zone), _wall(a.until, zone)), [str(lane.id)], rows=rows)
        for a in lane.absences
    ]


def _away(name: str, span: tuple[str, str], lanes: list[str], *, rows: bool) -> dict[str, Any]:
    """Behind the hours it is a background; in the cell of a day it says from when to when."""
    starts, ends = span
    same = starts[:10] == ends[:10]
    return {
        "id": name,
        "start": starts,
        "end": ends,
        "resourceIds": lanes,
        "display": "auto" if rows else "background",
        "startEditable": False,
        "classNames": ["away"],
        "extendedProps": {"when": f"{starts[11:]}–{ends[11:]}" if same else ""},
    }


def _resources(one: EntryView) -> dict[UUID, str]:
    """Each room and clinician of a booking, with the field of the form that changes it."""
    parts = {
        one.room_id: "room_id",
        one.attendant_ref: "attendant_ref",
        one.therapist_ref: "therapist_ref",
    }
    return {ref: part for ref, part in parts.items() if ref is not None}


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _hour(row: int) -> str:
    return f"{row // ROWS_PER_HOUR:02d}:00"
