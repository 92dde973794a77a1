"""Times and durations as people write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cli.trouble import Misuse

_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")


def duration(text: str) -> timedelta:
    """``90s``, ``10m``, ``1h30m``, ``2d``, ``1w``."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Misuse(f"{text!r} is no duration: write 90s, 10m, 1h30m, 2d or 1w")
    total = timedelta()
    for number, unit in parts:
        total += timedelta(**{_UNITS[unit]: float(number)})
    return total


def moment(text: str) -> datetime:
    """An RFC 3339 time; one without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misuse(f"{text!r} is no time: write 2026-03-02T09:30:00Z") from None


def rfc3339(at: datetime) -> str:
    """In UTC, with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
