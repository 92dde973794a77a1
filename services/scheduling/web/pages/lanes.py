"""A calendar's columns: what stands where between the first hour and the last, and never twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.scheduling.web.calendar_views import EntryView, TakenView

ROW_MINUTES: Final = 15
ROWS_PER_HOUR: Final = 60 // ROW_MINUTES
_DAY: Final = 24 * ROWS_PER_HOUR
_USUAL: Final = (8 * ROWS_PER_HOUR, 18 * ROWS_PER_HOUR)


@dataclass(slots=True)
class Cell:
    """So many rows with these bookings, or with the buffer behind them, or with nothing."""

    first: int
    until: int
    entries: list[EntryView | TakenView] = field(default_factory=list)
    buffer: bool = False

    @property
    def rows(self) -> int:
        return self.until - self.first


@dataclass(frozen=True, slots=True)
class Column:
    """One room, clinician or day; cells by the row that they begin in."""

    label: str
    cells: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    first: int
    until: int
    columns: list[Column]


def grid(
    columns: Sequence[tuple[str, date, Iterable[EntryView | TakenView]]], zone: ZoneInfo
) -> Grid:
    """Columns over the same hours: the usual ones, and more where something is booked outside."""
    taken = [(label, taken_cells(entries, day, zone)) for label, day, entries in columns]
    everything = [cell for _, cells in taken for cell in cells]
    first = min([_USUAL[0], *(cell.first for cell in everything)]) // ROWS_PER_HOUR * ROWS_PER_HOUR
    last = max([_USUAL[1], *(cell.until for cell in everything)])
    until = -(-last // ROWS_PER_HOUR) * ROWS_PER_HOUR
    return Grid(
        first, until, [Column(label, _filled(cells, first, until)) for label, cells in taken]
    )


def taken_cells(entries: Iterable[EntryView | TakenView], day: date, zone: ZoneInfo) -> list[Cell]:
    """Bookings of a local day with their buffers; what overlaps stands in one cell together."""
    cells: list[Cell] = []
    for entry in sorted(entries, key=_order):
        first = min(_row(entry.starts_at, day, zone), _DAY - 1)
        until = max(_row(entry.planned_end_at, day, zone, up=True), first + 1)
        reserved = max(_row(entry.reserved_until, day, zone, up=True), until)
        if cells and cells[-1].buffer and first < cells[-1].until:
            cells[-1].until = first
            if cells[-1].rows <= 0:
                cells.pop()
        if cells and first < cells[-1].until:
            cells[-1].entries.append(entry)
            cells[-1].until = max(cells[-1].until, until)
        else:
            cells.append(Cell(first, until, [entry]))
        if reserved > cells[-1].until:
            cells.append(Cell(cells[-1].until, reserved, buffer=True))
    return cells


def _order(one: EntryView | TakenView) -> tuple[datetime, str]:
    return one.starts_at, str(getattr(one, "session_id", ""))


def _filled(cells: Sequence[Cell], first: int, until: int) -> dict[int, Cell]:
    filled, at = {}, first
    for cell in cells:
        if cell.first > at:
            filled[at] = Cell(at, cell.first)
        filled[cell.first] = cell
        at = cell.until
    if at < until:
        filled[at] = Cell(at, until)
    return filled


def _row(at: datetime, day: date, zone: ZoneInfo, *, up: bool = False) -> int:
    """The row of a moment by the clock on the wall; before the day the first, after it the last."""
    local = at.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else _DAY
    minutes = local.hour * 60 + local.minute
    return -(-minutes // ROW_MINUTES) if up else minutes // ROW_MINUTES
