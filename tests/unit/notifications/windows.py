"""The window that a session's facts give."""

from services.notifications.domain.restriction import (
    RestrictionRule,
    Window,
    restriction_window,
)
from services.notifications.domain.session_facts import SessionFacts
from services.notifications.domain.session_reading import dose_times, ended_at, sign_times
from tests.unit.notifications.moments import RULE, ZONE


def the_window(session: SessionFacts, rule: RestrictionRule = RULE) -> Window | None:
    return restriction_window(
        doses=dose_times(session),
        signs=sign_times(session),
        ended_at=ended_at(session),
        rule=rule,
        zone=ZONE,
    )
