"""A day at the clinic, in Los Angeles, as the journeys tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain.aftercare_course import start_aftercare
from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.message import Message, queue_message
from services.notifications.domain.restriction import RestrictionRule, Window
from services.notifications.domain.vocabulary import PlanKind
from services.notifications.domain.wording import Wording
from shared.folds import Sourced

ZONE: Final = ZoneInfo("America/Los_Angeles")
CLIENT: Final = UUID(int=1)
COURSE: Final = UUID(int=2)
SESSION: Final = UUID(int=3)
AFTERCARE: Final = UUID(int=4)
ORDER: Final = UUID(int=5)
CLINICIAN: Final = UUID(int=6)
RULE: Final = RestrictionRule(hours=8)


def at(clock: str, day: int = 10) -> datetime:
    """A local time of a day in March 2026, in UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 3, day, hours, minutes, tzinfo=ZONE).astimezone(UTC)


def told(value: Any, event: int = 1, occurred: datetime | None = None) -> Sourced[Any]:
    return Sourced(value, str(UUID(int=1000 + event)), occurred or at("10:00"))


def window(clock: str, *, end_known: bool) -> Window:
    return Window(until=at(clock), end_known=end_known)


def plan(
    *, until: str = "18:00", end_known: bool = False, kind: PlanKind = PlanKind.STANDARD
) -> AftercarePlan:
    return start_aftercare(
        aftercare_id=AFTERCARE,
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        window=window(until, end_known=end_known),
        plan=kind,
        rule=RULE,
        at=at("10:00"),
    ).state


def message(
    wording: Wording = Wording.RESTRICTION_OVER,
    *,
    due: datetime | None = None,
    about: datetime | None = None,
    expires_after: timedelta | None = None,
) -> Message:
    due_at = due or at("10:00")
    return queue_message(
        message_id=UUID(int=7),
        client_id=CLIENT,
        course_id=COURSE,
        wording=wording,
        cause_id=SESSION,
        due_at=due_at,
        about=about,
        expires_at=None if expires_after is None else due_at + expires_after,
    ).state
