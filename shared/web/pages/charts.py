"""Figures over time, as a page's script draws them. The table beneath says the same without it.

A chart is panels over one time axis. Every series has a shape of its own, so that nothing is told
by colour alone; limits hold from one moment to another, and marks go through all panels.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Shape = Literal["circle", "square", "diamond", "triangle", "cross"]
Tone = Literal["ink", "accent", "info", "warning", "critical", "good"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A value at some of the chart's moments, joined by a line where ``joined``."""

    label: str
    values: Sequence[float | None]
    shape: Shape
    tone: Tone
    joined: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """From a low to a high value, or from zero where there is no low one."""

    label: str
    low: Sequence[float | None] | None
    high: Sequence[float | None]
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What must not be passed, between two moments; None: the chart's beginning or end."""

    label: str
    value: float
    tone: Tone
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened, or will."""

    label: str
    at: datetime
    shape: Shape
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One scale, ``height`` pixels high; from ``floor`` to ``ceiling`` at least."""

    label: str
    unit: str
    height: int
    bars: Bars | None = None
    points: Sequence[Points] = ()
    limits: Sequence[Limit] = ()
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``at`` are the moments of all values, in their order."""

    at: Sequence[datetime]
    panels: Sequence[Panel]
    marks: Sequence[Mark] = ()
    by_day: bool = False

    @property
    def kinds_of_mark(self) -> list[Mark]:
        """One of each, for the legend."""
        return list({one.label: one for one in self.marks}.values())

    def data(self, say: Callable[[str], str]) -> dict[str, Any]:
        """For the script: labels as the reader says them, moments as seconds since 1970."""
        return dict(_plain(asdict(self), say))


def _plain(value: Any, say: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: say(one) if key == "label" else _plain(one, say) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, say) for one in value]
    return value.timestamp() if isinstance(value, datetime) else value
