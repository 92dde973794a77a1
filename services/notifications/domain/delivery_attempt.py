"""What an endpoint answered, and when it is tried again (interfaces 3).

An event is tried for three days, at growing pauses and never at the same moment as others that
failed with it. An endpoint that says when it wants to be asked again is not asked before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TRIED_FOR: Final = timedelta(days=3)
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""The last one stays."""
JITTER: Final = 0.2
LONGEST_WISH: Final = timedelta(days=1)
"""An endpoint cannot put us off for longer at once."""
_GONE: Final = 410


class Failure(StrEnum):
    """Why an endpoint did not take an event."""

    REFUSED = "refused"
    REDIRECTED = "redirected"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    NAME_UNKNOWN = "name_unknown"
    UNTRUSTED = "untrusted"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    UNSIGNED = "unsigned"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one attempt; ``status`` is that of HTTP, where there was one."""

    status: int | None = None
    failure: Failure | None = None
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return self.failure is None

    @property
    def is_gone(self) -> bool:
        """The endpoint says that it will never take anything again."""
        return self.status == _GONE


def next_try(
    attempts: int,
    *,
    due_since: datetime,
    now: datetime,
    luck: float,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """When an event is tried again after so many attempts; None: it is given up.

    ``luck`` between 0 and 1 spreads the pauses by a fifth to either side. The last attempt is when
    the three days are over, or later where the endpoint asked for that.
    """
    until = due_since + TRIED_FOR
    if now >= until:
        return None
    pause = PAUSES[min(attempts, len(PAUSES)) - 1] * (1 + JITTER * (2 * luck - 1))
    wish = timedelta() if retry_after is None else min(retry_after, LONGEST_WISH)
    return max(min(now + pause, until), now + wish)
