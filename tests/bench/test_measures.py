"""Each measure runs, in miniature. What it measures here says nothing about anything."""

import asyncio
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.figures import Figure, Report, percentile
from bench.measures import MEASURES
from bench.parts import Parts
from tests.support.nats_part import EmbeddedNats
from tests.support.postgres_part import PostgresPart

_EXPECTED = {
    "P1": ["P1 p50 at 20/s", "P1 p99 at 20/s", "P1 p50 at 500/s", "P1 p99 at 500/s"],
    "P2": ["P2 relay drain"],
    "P3": ["P3 consumer / bare loop", "P3 consumer / framework"],
}


@pytest.mark.real
@pytest.mark.parametrize("name", MEASURES)
async def test_it_measures_both_sides(
    name: str, postgres: PostgresPart, own_nats: EmbeddedNats
) -> None:
    _, measure = MEASURES[name]
    async with asyncio.timeout(60):
        figures = await measure(Parts(postgres, own_nats), 60, 1)
    assert [figure.name for figure in figures] == _EXPECTED[name]
    for figure in figures:
        assert len(figure.ours) == len(figure.floor) == 1
        assert min(*figure.ours, *figure.floor) > 0


def test_a_ratio_is_the_median_of_each_runs_own() -> None:
    figure = Figure("x", "ms", (2.0, 30.0, 4.0), (1.0, 10.0, 4.0), "≤ 2", smaller_is_better=True)
    assert figure.ratio == 2.0


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([5.0, 1.0, 3.0], 0.99) == 5.0


def test_a_report_says_both_sides_to_people_and_programs(tmp_path: Path) -> None:
    report = Report()
    report.add(Figure("P9 x", "events/s", (10.0,), (20.0,), "≥ 0.7", smaller_is_better=False))
    console = Console(record=True, width=160, file=(tmp_path / "out").open("w"))
    report.show(console)
    shown = console.export_text()
    assert all(part in shown for part in ("P9 x", "10 events/s", "20 events/s", "0.50", "≥ 0.7"))
    assert json.loads(report.to_json())["figures"][0]["ratio"] == 0.5
