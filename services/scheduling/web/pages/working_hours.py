"""A clinician's week as somebody writes it: hours for each day, as 09:00-12:30, 13:30-17:00."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Annotated, Final

from pydantic import BeforeValidator

from services.scheduling.web.api.fields import Body
from services.scheduling.web.api.roster import HoursBody
from services.scheduling.web.roster_views import HoursView

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST: Final = 4
"""Spans of a day, as the API takes them: 28 a week."""
_SPAN: Final = re.compile(r"(\d\d?:\d\d)\s*[-\u2013]\s*(\d\d?:\d\d)")


def _spans(written: object) -> tuple[tuple[str, str], ...]:
    found = []
    for part in str(written).split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError("write hours as 09:00-12:30, 13:30-17:00")
        found.append((match[1].zfill(5), match[2].zfill(5)))
    if len(found) > MOST:
        raise ValueError("write hours as 09:00-12:30, 13:30-17:00")
    return tuple(found)


Spans = Annotated[tuple[tuple[time, time], ...], BeforeValidator(_spans)]


class WeekBody(Body):
    """A day that is left empty is a day off; a whole week that is left empty means any time."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    def hours(self) -> HoursBody:
        """The same as the API takes it."""
        return HoursBody(
            hours=[
                HoursView(weekday=number, start=start, end=end)
                for number, day in enumerate(WEEK)
                for start, end in getattr(self, day)
            ]
        )


def written(hours: Iterable[HoursView]) -> dict[str, str]:
    """The week as it is written into the form."""
    week: dict[str, list[str]] = {}
    for one in hours:
        span = f"{one.start:%H:%M}-{one.end:%H:%M}"
        week.setdefault(WEEK[one.weekday], []).append(span)
    return {day: ", ".join(spans) for day, spans in week.items()}
