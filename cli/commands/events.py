"""`careteam events`: what the services say, and what each type means."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from nats.aio.msg import Msg
from rich.markup import escape
from rich.table import Table

from careteam_contracts.catalogue import CATALOGUE, UnknownEventType, entry
from cli.bus.connection import connected
from cli.bus.tailing import Wanted, tail
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import duration
from cli.clinic.reach import reach
from cli.commands.event_ranges import replay, verify
from cli.commands.options import AsJson, Data, out
from cli.trouble import Misuse

app = typer.Typer(help="Follow events, tell them again, look up types.", no_args_is_help=True)
app.command("replay")(replay)
app.command("verify")(verify)


@app.command("tail")
def tail_events(
    *,
    data: Data = DEFAULT_FOLDER,
    type_glob: Annotated[
        str | None, typer.Option("--type", help="A glob: dose_*, careteam.scheduling.*")
    ] = None,
    client: Annotated[UUID | None, typer.Option("--client", help="Of this client only.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Begin so long ago: 10m, 2h, 1d.")
    ] = None,
    follow: Annotated[bool, typer.Option(help="Go on with what comes.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object for each line.")] = False,
) -> None:
    """Follow the events of the clinic."""
    begin = datetime.now(UTC) - duration(since) if since else None
    user = reach(data).bus()
    wanted = Wanted(type_glob=type_glob, client_id=client, since=begin)

    async def work() -> None:
        async with connected(user) as bus:
            async for message in tail(bus, wanted, follow=follow):
                if as_json:
                    print(json.dumps(_as_json(message)), flush=True)
                else:
                    out.print(_line(message))

    asyncio.run(work())


@app.command()
def catalogue(
    service: Annotated[str | None, typer.Option("--service", help="Of this service only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every type of event: who publishes it, and who listens."""
    entries = [e for e in CATALOGUE.values() if service is None or e.owner == service]
    if not entries:
        raise Misuse(
            f"{service!r} publishes nothing: intake, prescribing, scheduling, notifications"
        )
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "type": e.type,
                        "owner": e.owner,
                        "aggregate_type": e.aggregate_type,
                        "public": e.public,
                        "urgent": e.urgent,
                        "consumers": list(e.consumers),
                        "description": e.description,
                    }
                    for e in entries
                ]
            )
        )
        return
    table = Table("type", "for", "heard by", "what it says", box=None)
    for e in entries:
        table.add_row(
            f"{e.type}{' [bold]![/bold]' if e.urgent else ''}",
            "everybody" if e.public else "services",
            ", ".join(e.consumers),
            escape(e.description.partition("\n")[0]),
        )
    out.print(table)
    out.print("[bold]![/bold] takes effect on receipt, whatever is missing before it")


@app.command()
def schema(wire_type: Annotated[str, typer.Argument(metavar="TYPE")]) -> None:
    """The JSON Schema of an event's body."""
    try:
        found = entry(wire_type)
    except UnknownEventType:
        near = [known for known in CATALOGUE if wire_type in known]
        hint = f"did you mean {near[0]}?" if near else "see `careteam events catalogue`"
        raise Misuse(f"there is no event type {wire_type}: {hint}") from None
    print(
        json.dumps(
            {"$id": f"urn:careteam:schema:{found.type}", **found.model.model_json_schema()},
            indent=2,
        )
    )


def _as_json(message: Msg) -> dict[str, Any]:
    headers = message.headers or {}
    return {
        "sequence": message.metadata.sequence.stream,
        "subject": message.subject,
        **{name.removeprefix("ce-"): value for name, value in headers.items() if name[:3] == "ce-"},
        "data": json.loads(message.data) if message.data else None,
    }


def _line(message: Msg) -> str:
    headers: Mapping[str, str] = message.headers or {}
    wire_type = headers.get("ce-type", message.subject)
    body: Mapping[str, Any] = json.loads(message.data) if message.data else {}
    facts = " ".join(f"{name}={_short(value)}" for name, value in body.items())
    return (
        f"[dim]{message.metadata.sequence.stream:>6}  {headers.get('ce-occurredat', '')}[/dim]  "
        f"[bold]{escape(wire_type.removeprefix('careteam.'))}[/bold]  "
        f"client {headers.get('ce-partitionkey', '')[-8:]}  [dim]{escape(facts)}[/dim]"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text[-8:] if len(text) == 36 and text.count("-") == 4 else text
