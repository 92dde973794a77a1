"""Where the stream holds an event: the cursor that integrators count by (ruling 8)."""

import re
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"(\d{1,19})\.(\d{1,19})", re.ASCII)
_HIGHEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """``epoch`` tells streams apart (microseconds since 1970 of the stream's creation), so that
    what a rebuilt stream holds comes after everything that the one before it held."""

    epoch: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.sequence}"


BEGINNING: Final = Place(0, 0)
"""Before every event."""


def place(cursor: str) -> Place:
    """The place that a cursor names; raises ``ValueError`` when it is none of ours."""
    written = _WRITTEN.fullmatch(cursor)
    numbers = [int(number) for number in written.groups()] if written else []
    if not numbers or max(numbers) > _HIGHEST:
        raise ValueError("a cursor is <stream epoch>.<sequence>")
    return Place(*numbers)
