"""`careteam parked`: events that could not take effect, and what becomes of them."""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from cli.clinic.asking import API, ask, ask_all
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import Reach, reach
from cli.commands.options import AsJson, Data, out, progress
from cli.trouble import Trouble

app = typer.Typer(help="Redrive parked events, in order.", no_args_is_help=True)

EventId = Annotated[UUID, typer.Argument(metavar="EVENT", help="The event's id.")]
Service = Annotated[
    str | None, typer.Option("--service", help="The service that parked it; found by itself.")
]


@app.command("list")
def list_parked(
    data: Data = DEFAULT_FOLDER,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what only waits for an earlier event.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What is parked in each service, and what waits behind it."""
    found = asyncio.run(_found(reach(data), everything=everything))
    if as_json:
        print(json.dumps(found))
        return
    if not found:
        out.print("nothing is parked")
        return
    table = Table("service", "event", "type", "client", "attempts", "reason", box=None)
    for one in found:
        table.add_row(
            one["service"],
            one["event_id"],
            one["type"],
            one["client_id"],
            str(one["attempts"]),
            one["reason"] or "waits for an earlier event",
        )
    out.print(table)


@app.command()
def show(event: EventId, data: Data = DEFAULT_FOLDER) -> None:
    """Everything that is known of one parked event."""
    clinic = reach(data)
    found = [
        one for one in asyncio.run(_found(clinic, everything=True)) if one["event_id"] == str(event)
    ]
    if not found:
        raise Trouble(f"no service holds the event {event}: see `careteam parked list --all`")
    print(json.dumps(found if len(found) > 1 else found[0], indent=2))


@app.command()
def retry(event: EventId, service: Service = None, data: Data = DEFAULT_FOLDER) -> None:
    """Try it again, and then what waits behind it, in order."""
    _act(reach(data), event, service, "retry")


@app.command()
def discard(
    event: EventId,
    service: Service = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Give it up for good, so that what waits behind it goes on."""
    if not yes:
        typer.confirm("The event will never take effect in this service. Discard it?", abort=True)
    _act(reach(data), event, service, "discard")


def _act(clinic: Reach, event: UUID, service: str | None, action: str) -> None:
    async def act() -> list[str]:
        holders = [service] if service else await _holders(clinic, event)
        for holder in holders:
            path = f"{API}/operations/parked/{event}/{action}"
            (await ask(clinic, holder, "POST", path)).usable()
        return holders

    holders = asyncio.run(act())
    if not holders:
        raise Trouble(f"no service has parked the event {event}: see `careteam parked list`")
    out.print(f"{action}: {event} in {', '.join(holders)}")


async def _holders(clinic: Reach, event: UUID) -> list[str]:
    found = await _found(clinic, everything=False)
    return [one["service"] for one in found if one["event_id"] == str(event)]


async def _found(clinic: Reach, *, everything: bool) -> list[dict[str, Any]]:
    """From every service that answers; those that do not are named when none does."""
    query = {"everything": str(everything).lower()}
    answers = await ask_all(clinic, "GET", f"{API}/operations/parked", query=query)
    silent = [answer for answer in answers if answer.trouble is not None]
    if len(silent) == len(answers):
        silent[0].usable()
    for answer in silent:
        progress.print(f"[yellow]{answer.service}: {answer.trouble}[/yellow]")
    return [
        {"service": answer.service, **one}
        for answer in answers
        if answer.trouble is None
        for one in answer.body
    ]
