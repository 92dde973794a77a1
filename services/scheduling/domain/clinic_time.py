"""The clinic's calendar: days and noons are local, everything else is UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The clinic's calendar day of a moment."""
    return moment.astimezone(zone).date()


def same_local_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return local_day(one, zone) == local_day(other, zone)


def local_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time on the clinic's clock as a UTC moment.

    A time that the clock shows twice means the first; one that it leaves out, so much later.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins, as a UTC moment; days of 23 and 25 hours included."""
    return local_moment(day, time(), zone)


def next_local_noon(moment: datetime, zone: ZoneInfo) -> datetime:
    """Noon of the day after a moment's local day, as a UTC moment."""
    return local_moment(local_day(moment, zone) + timedelta(days=1), time(12), zone)
