"""A calendar's columns: every booking once, every row filled once, buffers in their place."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from services.scheduling.web.calendar_views import EntryView
from services.scheduling.web.pages.lanes import Cell, grid

ZONE = ZoneInfo("America/Los_Angeles")
DAY = date(2026, 3, 10)
MIDNIGHT = datetime(2026, 3, 10, tzinfo=ZONE)
NOBODY = UUID(int=0)


def booked(number: int, start: int, minutes: int, buffer: int) -> EntryView:
    """A booking that begins so many minutes after the day's midnight."""
    starts = (MIDNIGHT + timedelta(minutes=start)).astimezone(UTC)
    ends = starts + timedelta(minutes=minutes)
    return EntryView(
        session_id=UUID(int=number),
        client_id=NOBODY,
        course_id=NOBODY,
        kind=SessionKind.PREP,
        kind_no=1,
        setting=Setting.IN_CLINIC,
        status=SessionStatus.SCHEDULED,
        starts_at=starts,
        planned_end_at=ends,
        reserved_until=ends + timedelta(minutes=buffer),
        room_id=None,
        therapist_ref=NOBODY,
        attendant_ref=None,
        blocked_by=[],
    )


def column(*entries: EntryView) -> dict[int, Cell]:
    return grid([("Cedar", DAY, entries)], ZONE).columns[0].cells


@given(
    st.lists(
        st.tuples(st.integers(-300, 1500), st.integers(1, 600), st.integers(0, 90)), max_size=8
    )
)
def test_every_row_is_filled_once_and_every_booking_stands_once(
    times: list[tuple[int, int, int]],
) -> None:
    entries = [
        booked(number, *given)
        for number, given in enumerate(times)
        if -given[1] < given[0] < 24 * 60
    ]
    made = grid([("Cedar", DAY, entries)], ZONE)
    cells = sorted(made.columns[0].cells.items())
    at = made.first
    for first, cell in cells:
        assert first == cell.first == at
        assert cell.rows > 0
        at = cell.until
    assert at == made.until
    drawn = [entry for _, cell in cells for entry in cell.entries]
    assert all(isinstance(entry, EntryView) for entry in drawn)
    shown = [entry.session_id for entry in drawn if isinstance(entry, EntryView)]
    assert sorted(shown) == sorted(entry.session_id for entry in entries)


def test_the_buffer_stands_behind_its_booking_and_gives_way_to_the_next() -> None:
    cells = column(booked(1, 600, 60, 60), booked(2, 690, 30, 0))
    kinds = [(c.first, c.until, len(c.entries), c.buffer) for c in cells.values()]
    assert kinds == [
        (32, 40, 0, False),
        (40, 44, 1, False),
        (44, 46, 0, True),
        (46, 48, 1, False),
        (48, 72, 0, False),
    ]


def test_what_overlaps_stands_together() -> None:
    """A session that was reopened by a late dose may clash; nobody is hidden by it."""
    cells = column(booked(1, 600, 60, 15), booked(2, 630, 60, 15))
    [taken] = [cell for cell in cells.values() if cell.entries]
    assert (taken.first, taken.until, len(taken.entries)) == (40, 46, 2)


def test_the_hours_widen_for_what_is_early_or_late() -> None:
    made = grid([("Cedar", DAY, [booked(1, 390, 60, 0), booked(2, 1250, 30, 0)])], ZONE)
    assert (made.first, made.until) == (24, 88)
