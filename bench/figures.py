"""Measured figures: medians with their spread, ratios, and how they are printed."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity, measured over several runs of both sides in turn."""

    name: str
    unit: str
    ours: tuple[float, ...]
    floor: tuple[float, ...]
    reach: str
    smaller_is_better: bool

    @property
    def ratio(self) -> float:
        """The median of the ratios run by run: a machine that slows down slows both sides."""
        return statistics.median(o / f for o, f in zip(self.ours, self.floor, strict=True))


@dataclass(slots=True)
class Report:
    """What one call of the benchmark found."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)

    def show(self, console: Console) -> None:
        table = Table(title=f"{machine()['processor']}, {machine()['cores']} cores")
        for column in ("figure", "ours", "floor", "ratio", "reach", "runs"):
            table.add_column(column, justify="left" if column == "figure" else "right")
        for figure in self.figures:
            table.add_row(
                figure.name,
                _spread(figure.ours, figure.unit),
                _spread(figure.floor, figure.unit),
                f"{figure.ratio:.2f}",
                figure.reach,
                str(len(figure.ours)),
            )
        console.print(table)

    def to_json(self) -> str:
        rows = [{**asdict(figure), "ratio": figure.ratio} for figure in self.figures]
        return json.dumps({"machine": machine(), "figures": rows}, indent=2)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine() -> Mapping[str, Any]:
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _spread(values: Sequence[float], unit: str) -> str:
    middle = statistics.median(values)
    return f"{middle:,.4g} {unit} ({min(values):,.4g} to {max(values):,.4g})"
