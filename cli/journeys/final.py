"""The state in which a journey ends, as the services show it and as it has to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.journeys.stage import Stage


@dataclass(frozen=True, slots=True)
class Checked:
    """One fact: what it has to be, and what the service shows."""

    service: str
    what: str
    expected: Any
    found: Any

    @property
    def holds(self) -> bool:
        return bool(self.expected == self.found)


def compared(service: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[Checked]:
    """Each expected fact beside what was found."""
    return [Checked(service, what, want, found.get(what)) for what, want in expected.items()]


def local_minute(stage: Stage, moment: str | None) -> str | None:
    """An RFC 3339 time as the clinic's local date and minute."""
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(stage.zone).strftime("%a %H:%M")
