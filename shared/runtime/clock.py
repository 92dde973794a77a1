"""The clinic's clock. Clinical minutes read it; timeouts and freshness are monotonic."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the clinic's time."""

    def now(self) -> datetime:
        """The time as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxClock:
    """A clock in a file, shared by all services of a clinic and read at every use (ruling 11).

    The file holds ``{"at": T, "anchored": R, "rate": 0|1}``: the clinic's time was ``T`` when the
    real time was ``R``, and since then it stands still (0) or runs (1). No file: the real time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        real = datetime.now(UTC)
        try:
            state = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return real
        at = datetime.fromisoformat(state["at"]).astimezone(UTC)
        if not state["rate"]:
            return at
        elapsed: timedelta = real - datetime.fromisoformat(state["anchored"])
        return at + elapsed

    @property
    def stands_still(self) -> bool:
        """Whether no time passes until somebody moves the clock."""
        try:
            return not json.loads(self._path.read_bytes())["rate"]
        except FileNotFoundError:
            return False
