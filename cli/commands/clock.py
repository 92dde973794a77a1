"""`careteam clock`: the sandbox clinic's time."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import duration, moment, rfc3339
from cli.clinic.reach import Reach, reach
from cli.clinic.sandbox_clock import SandboxTime, read_clock, set_clock, settle
from cli.commands.options import AsJson, Data, out, progress
from cli.trouble import Trouble

app = typer.Typer(help="Show or move the clinic's time (sandbox only).", no_args_is_help=True)

Frozen = Annotated[
    bool | None, typer.Option("--frozen/--running", help="Whether it stands still or goes on.")
]


@app.command()
def show(data: Data = DEFAULT_FOLDER, as_json: AsJson = False) -> None:
    """What time it is in the clinic."""
    _show(read_clock(_file(reach(data))), [], as_json=as_json)


@app.command("set")
def set_to(
    at: Annotated[str, typer.Argument(metavar="TIME", help="2026-03-02T09:30:00Z")],
    frozen: Frozen = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Set it, and wait until every service has lived up to it."""
    wanted = moment(at)
    clinic = reach(data)
    before = read_clock(_file(clinic))
    running = before.running if frozen is None else not frozen
    after = set_clock(_file(clinic), wanted, running=running)
    _show(after, _settled(clinic), as_json=as_json)


@app.command()
def advance(
    by: Annotated[str, typer.Argument(metavar="DURATION", help="90s, 10m, 1h30m, 2d or 1w")],
    frozen: Frozen = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Move it on; whatever falls due meanwhile happens before this returns."""
    step = duration(by)
    clinic = reach(data)
    before = read_clock(_file(clinic))
    running = before.running if frozen is None else not frozen
    after = set_clock(_file(clinic), before.now() + step, running=running)
    _show(after, _settled(clinic), as_json=as_json)


def _file(clinic: Reach) -> Path:
    if clinic.clock_file is None:
        raise Trouble("there is no sandbox clock here: set CARETEAM_CLOCK_FILE, or use --data")
    return clinic.clock_file


def _settled(clinic: Reach) -> list[str]:
    down = asyncio.run(settle(clinic))
    for service in down:
        progress.print(f"[yellow]{service} is down: what fell due fires when it starts[/yellow]")
    return down


def _show(clock: SandboxTime, skipped: list[str], *, as_json: bool) -> None:
    at = rfc3339(clock.now())
    if as_json:
        print(json.dumps({"at": at, "running": clock.running, "skipped": skipped}))
    else:
        out.print(f"{at}  ({'running' if clock.running else 'standing still'})")
