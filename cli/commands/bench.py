"""`careteam bench`: the platform's figures, each against a floor measured in the same run."""

from pathlib import Path
from typing import Annotated

import typer
import uvloop

from bench.figures import Report
from bench.measures import MEASURES
from bench.parts import parts
from bench.side import quiet
from cli.commands.options import out, progress
from cli.trouble import Trouble


def bench(
    figures: Annotated[
        list[str] | None,
        typer.Argument(metavar=f"[{'|'.join(MEASURES)}]…", help="Which; without it, all."),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs of both sides in turn.")] = 3,
    events: Annotated[int, typer.Option(min=10, help="Events in each run.")] = 5000,
    json: Annotated[Path | None, typer.Option(help="Write the figures here as well.")] = None,
) -> None:
    """Measure. Everything runs in a folder of its own, gone afterwards."""
    chosen = [name.upper() for name in figures or MEASURES]
    if unknown := [name for name in chosen if name not in MEASURES]:
        raise Trouble(f"no such figure: {', '.join(unknown)}. There is {', '.join(MEASURES)}")
    quiet()
    report = Report()
    with parts() as started:
        for name in chosen:
            what, measure = MEASURES[name]
            progress.print(f"{name}: {what}, {runs} runs with {events} events")
            for figure in uvloop.run(measure(started, events, runs)):
                report.add(figure)
    report.show(out)
    if json is not None:
        json.write_text(report.to_json() + "\n")
