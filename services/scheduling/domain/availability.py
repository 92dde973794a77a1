"""When a clinician works, and when not: weekly hours on the clinic's clock, and absences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinic_time import local_day, local_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time away: holidays, illness, teaching. Why is nobody's business here."""

    id: UUID
    since: datetime
    until: datetime

    def meets(self, since: datetime, until: datetime) -> bool:
        return self.since < until and since < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """From one local time to another on a day of the week, Monday being 0.

    An end that is not after its start is on the following day.
    """

    weekday: int
    start: time
    end: time

    def covers(self, since: datetime, until: datetime, zone: ZoneInfo) -> bool:
        """Whether a stretch of time lies within these hours of one of its days."""
        last = local_day(since, zone)
        return any(self._of(day, since, until, zone) for day in (last, last - timedelta(days=1)))

    def _of(self, day: date, since: datetime, until: datetime, zone: ZoneInfo) -> bool:
        if day.weekday() != self.weekday:
            return False
        over_midnight = timedelta(days=1 if self.end <= self.start else 0)
        opens = local_moment(day, self.start, zone)
        return opens <= since and until <= local_moment(day + over_midnight, self.end, zone)


def within_hours(
    hours: Iterable[WorkingHours], since: datetime, until: datetime, zone: ZoneInfo
) -> bool:
    """Whether somebody works then; who has no hours on record is asked no questions."""
    known = tuple(hours)
    return not known or any(one.covers(since, until, zone) for one in known)
