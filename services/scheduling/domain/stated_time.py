"""Clinicians say when something happened; what cannot be is refused."""

from datetime import datetime, timedelta
from typing import Final

from shared.decisions import refuse

PLAUSIBLE_AGE: Final = timedelta(hours=24)


def stated_time(
    stated: datetime | None, now: datetime, *, what: str, not_before: datetime | None = None
) -> datetime:
    """The stated moment, or now; refused when it is in the future, too old, or before its cause."""
    if stated is None:
        return now
    earliest = max(now - PLAUSIBLE_AGE, not_before or now - PLAUSIBLE_AGE)
    if not earliest <= stated <= now:
        refuse(
            f"{what}-time-implausible",
            "clinical 0.6",
            stated=stated.isoformat(),
            earliest=earliest.isoformat(),
            now=now.isoformat(),
        )
    return stated
