"""Policies that more than one subscription names."""

from typing import Final

from services.notifications.handlers.hearing import then
from services.notifications.handlers.when_safety_changes import follow_up, when_session_changes

tell_and_follow: Final = then(lambda uow, course, _e, _d: follow_up(uow, course))
session_changes: Final = then(
    lambda uow, course, e, _d: when_session_changes(uow, course, e.session_id)
)
