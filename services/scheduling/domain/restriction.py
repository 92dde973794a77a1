"""When a client is still restricted: by what scheduling knows itself, and by what was published.

Without a known end a restriction is in force (ruling 21). A booking far enough ahead of every end
that is still possible may be made; it is looked at again when the end becomes known (INV-34).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.scheduling.domain.clinic_time import next_local_noon
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionStatus
from shared.protocol import Aftercare

FLOOR_HOURS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A restriction: until when, or None while nobody can say; and how that is known.

    ``at_earliest`` is the end by the rules of another course, if everything ended this moment.
    """

    session_id: str
    since: datetime
    until: datetime | None
    source: str
    at_earliest: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def restricted_until(end: datetime, aftercare: Aftercare, zone: ZoneInfo) -> datetime:
    """So many hours of real time; where the clinic says next day, noon of it at the earliest."""
    until = end + timedelta(hours=max(FLOOR_HOURS, aftercare.min_hours))
    return max(until, next_local_noon(end, zone)) if aftercare.until_next_day else until


def own_windows(
    sessions: Iterable[Session], aftercare: Aftercare, zone: ZoneInfo
) -> Iterator[Window]:
    """The windows of every dosed session, by its end and its last dose (ruling 22)."""
    for session in sessions:
        if not session.doses.count:
            continue
        first = session.doses.first_at or session.started_at or session.starts_at
        yield Window(
            session_id=str(session.id),
            since=first,
            until=_own_end(session, aftercare, zone),
            source="scheduling",
        )


def _own_end(session: Session, aftercare: Aftercare, zone: ZoneInfo) -> datetime | None:
    last_dose, end = session.doses.last_at, session.end
    if last_dose is None or end is None or session.status is SessionStatus.DOSED:
        return None
    return restricted_until(max(end.at, last_dose), aftercare, zone)


def published_windows(facts: CourseFacts) -> Iterator[Window]:
    for aftercare in facts.aftercare.values():
        yield Window(
            session_id=aftercare.session_id,
            since=aftercare.told.occurred_at,
            until=aftercare.known_end.value if aftercare.known_end else None,
            source="notifications",
        )


def windows_of_course(
    sessions: Iterable[Session], facts: CourseFacts, aftercare: Aftercare, zone: ZoneInfo
) -> tuple[Window, ...]:
    """What one course of a client restricts, by its own rules."""
    return merged((*own_windows(sessions, aftercare, zone), *published_windows(facts)))


def seen_from_another_course(
    windows: Iterable[Window], now: datetime, aftercare: Aftercare, zone: ZoneInfo
) -> tuple[Window, ...]:
    """The same, with what only that course's rules can say about an end that nobody knows yet."""
    return tuple(
        replace(window, at_earliest=earliest_possible_end(window, now, aftercare, zone))
        for window in windows
    )


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """One window per session: the longest that anybody states; no end stated means none known.

    Scheduling knows the end of its own session before notifications has published it, so a
    published window without an end is superseded by an end that scheduling knows.
    """
    by_session: dict[str, list[Window]] = {}
    for window in windows:
        by_session.setdefault(window.session_id, []).append(window)
    return tuple(_longest(group) for group in by_session.values())


def _longest(group: list[Window]) -> Window:
    unended = [w for w in group if w.source == "scheduling" and w.until is None]
    if unended:
        return max(unended, key=lambda w: w.at_earliest or w.since)
    ended = [w for w in group if w.until is not None]
    if not ended:
        return group[0]
    return max(ended, key=lambda w: w.until or w.since)


def earliest_possible_end(
    window: Window, now: datetime, aftercare: Aftercare, zone: ZoneInfo
) -> datetime:
    """The end, or, while it is unknown, what it would be if everything ended this moment."""
    if window.until is not None:
        return window.until
    end = restricted_until(max(now, window.since), aftercare, zone)
    return max(end, window.at_earliest or end)
