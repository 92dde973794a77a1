"""Until when a client must not drive, operate machinery or work (F44, F90, INV-26, ruling 21).

The end is a function of when things happened, never of when they were heard: any order of arrival
gives the same moment. It only ever grows, because every input only ever grows.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FLOOR_HOURS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionRule:
    """The clinic's choice: how many hours, and whether at least until noon of the next day."""

    hours: int = FLOOR_HOURS
    until_next_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A restriction: in force until ``until``, or, while the end is not known, without an end."""

    until: datetime
    end_known: bool

    def active(self, now: datetime) -> bool:
        """While the session's end is unknown a time is only for display (ruling 21)."""
        return not self.end_known or now < self.until


def restricted_until(moment: datetime, rule: RestrictionRule, zone: ZoneInfo) -> datetime:
    """When a restriction that runs from this moment ends; no rule is below the floor."""
    end = moment.astimezone(UTC) + timedelta(hours=max(FLOOR_HOURS, rule.hours))
    if not rule.until_next_day:
        return end
    return max(end, noon_of_next_day(moment, zone))


def noon_of_next_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """12:00 on the clinic's clock, on the day after the moment's local day."""
    local_day: date = moment.astimezone(zone).date()
    noon = datetime.combine(local_day + timedelta(days=1), time(12), tzinfo=zone)
    return noon.astimezone(UTC)


def restriction_window(
    *,
    doses: frozenset[datetime],
    signs: frozenset[datetime],
    ended_at: datetime | None,
    rule: RestrictionRule,
    zone: ZoneInfo,
) -> Window | None:
    """The window that these facts give, or None for a session without any sign of a dose.

    ``signs`` are moments of other facts that only a dosed session has (a recovery check, a
    departure): they open a window before the dose itself is heard of (INV-28), and its provisional
    end is then counted from the latest of them.
    """
    if not doses and not signs:
        return None
    if ended_at is not None:
        return Window(
            until=restricted_until(max({ended_at, *doses}), rule, zone),
            end_known=True,
        )
    return Window(until=restricted_until(max(doses or signs), rule, zone), end_known=False)
