"""`careteam audit`: whether the audit chains are whole, and what they tell."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from cli.auditing.evidence import Judgement, Source, judge
from cli.auditing.exported import Exported, export
from cli.auditing.places import places_of
from cli.auditing.running import RunningClinic
from cli.clinic.folder import DEFAULT_FOLDER
from cli.commands.options import AsJson, Data, out, progress
from cli.trouble import Trouble

app = typer.Typer(help="The audit chains: verify, export, list.", no_args_is_help=True)

OneService = Annotated[
    str | None, typer.Option("--service", help="Of one service only; otherwise of all.")
]


@app.command()
def verify(
    data: Data = DEFAULT_FOLDER,
    service: OneService = None,
    exported: Annotated[
        Path | None, typer.Option("--from", help="An export, instead of a running clinic.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Folder of the key files, <service>.key.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Whether each chain is as it was written; names the first row that is not."""
    source, services = _source(data, exported, keys)
    judged = asyncio.run(_judge_all(source, _chosen(service, services)))
    if as_json:
        print(json.dumps([_said(one) for one in judged]))
    else:
        _show(judged)
    return 0 if all(one.holds for one in judged) else 1


@app.command("export")
def export_chains(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder to write to.")],
    data: Data = DEFAULT_FOLDER,
    service: OneService = None,
) -> None:
    """Write rows, checkpoints and public keys to files, to be verified elsewhere."""
    source, services = _source(data, None, None)

    async def work() -> None:
        for name in _chosen(service, services):
            rows = await export(source, name, folder, _teller(name))
            out.print(f"{name}: {rows} rows")

    asyncio.run(work())


@app.command("list")
def list_entries(
    client: Annotated[UUID, typer.Option("--client", help="The client's id.")],
    data: Data = DEFAULT_FOLDER,
    service: OneService = None,
    as_json: AsJson = False,
) -> None:
    """Who saw or changed what of a client, in every service: the accounting of disclosures."""
    clinic = RunningClinic(places_of(data, os.environ))

    async def work() -> list[dict[str, Any]]:
        return [
            {"service": name, **json.loads(body)}
            for name in _chosen(service, clinic.services())
            for body in await clinic.about(name, client)
        ]

    found = sorted(asyncio.run(work()), key=lambda one: str(one["at"]))
    if as_json:
        print(json.dumps(found))
        return
    table = Table("at", "service", "action", "outcome", "role", "who", "why", box=None)
    for one in found:
        table.add_row(
            one["at"][:19],
            one["service"],
            one["action"] + (" (unasked)" if one.get("unasked") else ""),
            one["outcome"],
            one["role"],
            str(one.get("ref", ""))[-8:],
            one["why"],
        )
    out.print(table)


def _source(data: Path, exported: Path | None, keys: Path | None) -> tuple[Source, list[str]]:
    if exported is None:
        clinic = RunningClinic(places_of(data, os.environ))
        return clinic, clinic.services()
    if keys is None:
        raise typer.BadParameter("name the folder of the key files", param_hint="--keys")
    found = Exported(exported, keys)
    if not found.services():
        raise Trouble(f"{exported} holds no export of an audit chain")
    return found, found.services()


def _chosen(service: str | None, services: list[str]) -> list[str]:
    if service is not None and service not in services:
        raise typer.BadParameter(f"one of {', '.join(services)}", param_hint="--service")
    return services if service is None else [service]


async def _judge_all(source: Source, services: list[str]) -> list[Judgement]:
    return [await judge(source, name, _teller(name)) for name in services]


def _teller(service: str) -> Any:
    return lambda rows: progress.print(f"{service}: {rows} rows so far")


def _show(judged: list[Judgement]) -> None:
    for one in judged:
        verified, finding = one.verified, one.finding
        if finding is None:
            unvouched = verified.rows - verified.vouched
            out.print(
                f"{one.service}: {verified.rows} rows hold"
                + (f", the last {unvouched} not vouched for yet" if unvouched else "")
            )
        else:
            out.print(f"[red]{one.service}: row {finding.sequence} is {finding.what}[/red]")
        for distrusted in one.distrusted:
            out.print(f"[red]{one.service}: {distrusted}[/red]")


def _said(one: Judgement) -> dict[str, Any]:
    finding = one.finding
    return {
        "service": one.service,
        "holds": one.holds,
        "rows": one.verified.rows,
        "vouched": one.verified.vouched,
        "head": one.verified.head.hex(),
        "places": one.places,
        "first_bad_row": None if finding is None else finding.sequence,
        "what": None if finding is None else finding.what,
        "distrusted": list(one.distrusted),
    }
