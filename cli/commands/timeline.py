"""`careteam timeline`: a client's course as events, on two clocks."""

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from cli.clinic.asking import API, Answered, ask
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import moment, rfc3339
from cli.clinic.reach import Reach, reach
from cli.commands.options import AsJson, Data, out, progress
from cli.trouble import Trouble

_PAGE = 1000


def timeline(
    client: Annotated[UUID, typer.Argument(metavar="CLIENT", help="The client's id.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="TIME", help="What was true by then.")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="TIME", help="What was recorded by then.")
    ] = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Everything the services published of a client: when it became true, and when it was known."""
    entries, silent = asyncio.run(_journals(reach(data), client))
    true_by = moment(as_of) if as_of else None
    known_by = moment(known_at) if known_at else None
    shown = [
        entry
        for entry in sorted(entries, key=_order)
        if (true_by is None or _at(entry, "occurred_at") <= true_by)
        and (known_by is None or _at(entry, "recorded_at") <= known_by)
    ]
    for answer in silent:
        progress.print(f"[yellow]{answer.service}: {answer.trouble}[/yellow]")
    if as_json:
        print(json.dumps(shown))
    elif not shown:
        out.print("nothing is known of this client" + (" at that time" if entries else ""))
    else:
        _show(shown)


async def _journals(clinic: Reach, client: UUID) -> tuple[list[dict[str, Any]], list[Answered]]:
    journals = await asyncio.gather(
        *(_journal(clinic, service, client) for service in clinic.services)
    )
    entries = [entry for found, _ in journals for entry in found]
    silent = [trouble for _, trouble in journals if trouble is not None]
    if len(silent) == len(journals):
        raise Trouble(f"{silent[0].service}: {silent[0].trouble}")
    return entries, silent


async def _journal(
    clinic: Reach, service: str, client: UUID
) -> tuple[list[dict[str, Any]], Answered | None]:
    """All pages. A service numbers what it publishes of a client from 1 and leaves no hole."""
    found: list[dict[str, Any]] = []
    while True:
        query = {"client_id": str(client), "after": str(len(found)), "most": str(_PAGE)}
        answer = await ask(clinic, service, "GET", f"{API}/operations/journal", query=query)
        if answer.trouble is not None:
            return found, answer
        found += [{"service": service, **entry} for entry in answer.body]
        if len(answer.body) < _PAGE:
            return found, None


def _show(entries: list[dict[str, Any]]) -> None:
    table = Table("true since", "known since", "service", "event", "by", "facts", box=None)
    for entry in entries:
        occurred, recorded = _at(entry, "occurred_at"), _at(entry, "recorded_at")
        late = (recorded - occurred).total_seconds() >= 1
        kind = entry["type"].split(".")[-2]
        facts = " ".join(f"{name}={value}" for name, value in entry["payload"].items())
        table.add_row(
            rfc3339(occurred.replace(microsecond=0)),
            rfc3339(recorded.replace(microsecond=0)) if late else "[dim]at once[/dim]",
            entry["service"],
            f"[bold]{kind}[/bold]",
            entry["actor_role"],
            f"[dim]{escape(facts)}[/dim]",
        )
    out.print(table)


def _order(entry: dict[str, Any]) -> tuple[datetime, datetime, str, int]:
    return (
        _at(entry, "occurred_at"),
        _at(entry, "recorded_at"),
        entry["aggregate_id"],
        entry["aggregate_version"],
    )


def _at(entry: dict[str, Any], which: str) -> datetime:
    return datetime.fromisoformat(entry[which])
