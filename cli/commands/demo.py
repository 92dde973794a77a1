"""`careteam demo`: a journey through a running clinic, told as it happens."""

import asyncio
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import reach
from cli.commands.options import Data, out, progress
from cli.journeys.catalogue import JOURNEYS, Journey, named
from cli.journeys.final import Checked
from cli.journeys.stage import stage
from cli.trouble import Misuse


def demo(
    journey: Annotated[str | None, typer.Argument(help="J1, R1-before, …; see --list.")] = None,
    pace: Annotated[
        str, typer.Option(help="How fast the clinic's time passes: 60x, or max.")
    ] = "max",
    list_them: Annotated[bool, typer.Option("--list", help="The journeys there are.")] = False,
    data: Data = DEFAULT_FOLDER,
) -> int:
    """Play a journey through the services' HTTP APIs and show the state it ends in."""
    if list_them or journey is None:
        for one in JOURNEYS.values():
            out.print(f"{one.name:12} {one.title}")
        return 0
    chosen = named(journey)
    if chosen is None:
        raise Misuse(f"there is no journey {journey}: see `careteam demo --list`")
    return asyncio.run(_play(chosen, data_reach=data, pace=_seconds_per_second(pace)))


async def _play(journey: Journey, *, data_reach: Data, pace: float | None) -> int:
    clinic = reach(data_reach)
    progress.print(f"[bold]{journey.name}[/bold]  {journey.title}")

    def tell(line: str) -> None:
        out.print(escape(line))

    async with stage(clinic, tell, pace=pace) as place:
        checked = await journey.play(place)
    _show(checked)
    return 0 if all(one.holds for one in checked) else 1


def _show(checked: list[Checked]) -> None:
    table = Table(title="Where it ends")
    for column in ("", "service", "what", "expected", "found"):
        table.add_column(column)
    for one in checked:
        mark = "[green]✓[/green]" if one.holds else "[red]✗[/red]"
        table.add_row(mark, one.service, one.what, str(one.expected), str(one.found))
    out.print(table)


def _seconds_per_second(pace: str) -> float | None:
    if pace == "max":
        return None
    try:
        factor = float(pace.removesuffix("x"))
    except ValueError:
        factor = 0.0
    if factor <= 0:
        raise Misuse(f"--pace {pace}: say max, or a number like 60x")
    return factor
