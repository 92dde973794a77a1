"""What the calendar's script is given: a day by the hour, and a week that stays legible."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.scheduling.web.calendar_views import CalendarView, LaneView, TakenView, days_from
from services.scheduling.web.pages.dragging import ROWS, draggable
from services.scheduling.web.pages.lanes import grid
from services.scheduling.web.pages.naming import Names
from services.scheduling.web.roster_views import AbsenceView
from tests.unit.scheduling.test_calendar_lanes import DAY, MIDNIGHT, ZONE, booked

CEDAR, ALDER, AWAY = UUID(int=11), UUID(int=12), UUID(int=13)


def given(*rooms: UUID, week: bool) -> dict[str, Any]:
    """Of a booking with a buffer in Cedar, somebody else's hour there, and an absence."""
    entry = booked(1, 10 * 60, 60, 30).model_copy(update={"room_id": CEDAR})
    absence = AbsenceView(
        id=AWAY, since=MIDNIGHT + timedelta(hours=9), until=MIDNIGHT + timedelta(hours=12)
    )
    days = days_from(DAY, 7 if week else 1, ZONE)
    found = CalendarView(
        timezone=ZONE.key,
        since=days[0].since,
        until=days[-1].until,
        days=days,
        entries=[entry],
        taken=[
            TakenView(
                starts_at=MIDNIGHT + timedelta(hours=14),
                until=MIDNIGHT + timedelta(hours=15),
                room_id=CEDAR,
                clinicians=[],
            )
        ],
        lanes=[
            LaneView(
                resource="room",
                id=room,
                name=str(room),
                hours=[],
                absences=[absence] if room == CEDAR else [],
                sessions=[entry.session_id] if room == CEDAR else [],
            )
            for room in rooms
        ],
    )
    return draggable(
        found,
        grid([("Cedar", DAY, [entry])], ZONE),
        Names({}, incomplete=True),
        ZONE,
        by="room",
        week=week,
        day=DAY,
        may_move=True,
    )


def shown(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in data["entries"] if one["id"] == name)
    return found


def test_a_day_has_a_column_for_each_and_the_buffer_behind_a_booking() -> None:
    data = given(CEDAR, ALDER, week=False)
    assert data["view"] == "resourceTimeGridDay"
    buffer = shown(data, f"{UUID(int=1)}-buffer")
    assert (buffer["start"], buffer["end"]) == ("2026-03-10T11:00", "2026-03-10T11:30")
    assert shown(data, str(AWAY))["display"] == "background"


def test_a_week_of_several_has_a_row_for_each_and_says_in_words_when_somebody_is_away() -> None:
    data = given(CEDAR, ALDER, week=True)
    assert data["view"] == ROWS
    assert f"{UUID(int=1)}-buffer" not in {one["id"] for one in data["entries"]}
    for name, when in ((str(AWAY), "09:00–12:00"), ("taken-0", "14:00–15:00")):
        one = shown(data, name)
        assert (one["display"], one["extendedProps"]["when"]) == ("auto", when)
        assert one["startEditable"] is False


def test_a_week_of_one_is_by_the_hour_again() -> None:
    data = given(CEDAR, week=True)
    assert data["view"] == "timeGridWeek"
    assert shown(data, f"{UUID(int=1)}-buffer")["display"] == "background"
