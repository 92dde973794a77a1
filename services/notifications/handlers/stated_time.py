"""When somebody says that something happened: not in the future, and not longer ago than a day."""

from datetime import datetime, timedelta
from typing import Final

from shared.decisions import refuse

CLOCKS_DIFFER: Final = timedelta(minutes=1)
LONGEST_AGO: Final = timedelta(hours=24)


def stated_at(stated: datetime | None, *, now: datetime) -> datetime:
    """The stated moment, or now; a moment that cannot be right is refused."""
    if stated is None:
        return now
    if stated > now + CLOCKS_DIFFER:
        refuse("stated-in-the-future", "5.1", stated_at=stated.isoformat(), now=now.isoformat())
    if stated < now - LONGEST_AGO:
        refuse("stated-too-long-ago", "5.1", stated_at=stated.isoformat(), now=now.isoformat())
    return stated
