"""`careteam integrator`: other programs that are told of the clinic's public events."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.clinic.asking import API, ask
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import Reach, reach
from cli.commands.feeds import SeedFile, feeds_of, is_on_nats, show_seed
from cli.commands.options import AsJson, Data, each, out
from cli.trouble import Trouble

app = typer.Typer(
    help="Other programs that are told of the clinic's public events.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called here.")]
_TOLD_BY = "notifications"


@app.command()
def add(
    name: Name,
    *,
    url: Annotated[
        str | None, typer.Option("--url", help="A webhook: where events are posted to.")
    ] = None,
    nats: Annotated[
        bool, typer.Option("--nats", help="A feed of its own on NATS, which it pulls.")
    ] = False,
    types: Annotated[
        list[str] | None,
        typer.Option("--types", help="A type of events, * for any letters; all, if left out."),
    ] = None,
    seed_file: SeedFile = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Tell it from now on, by a webhook or over NATS, and print its secret: this once."""
    wanted = each(types)
    if nats == (url is not None):
        raise typer.BadParameter("give it a webhook with --url, or a feed with --nats")
    if nats:
        clinic = reach(data)
        if asyncio.run(_webhooks(clinic, name)):
            raise Trouble(f"an integrator with a webhook is called {name} already")
        seed = asyncio.run(feeds_of(clinic).add(name, tuple(wanted)))
        show_seed(clinic, name, seed, seed_file, as_json)
        return
    body = {"name": name, "types": wanted, "webhook": {"url": url}}
    _show(_do(reach(data), "", body), as_json)


@app.command("list")
def list_integrators(data: Data = DEFAULT_FOLDER, as_json: AsJson = False) -> None:
    """Each with its state, what waits for it, what it did not take, and when it was last told."""
    told = asyncio.run(_listed(reach(data)))
    found, feeds = told["items"], told.get("feeds", [])
    if as_json:
        print(json.dumps([*found, *feeds]))
        return
    if not found and not feeds:
        out.print("no integrator is registered")
        return
    table = Table("name", "state", "endpoint", "types", "waiting", "failed", "last told", box=None)
    for one in found:
        fares = one["deliveries"]
        table.add_row(
            one["name"],
            one["status"],
            one["webhook"]["url"],
            ", ".join(one["types"]) or "all public ones",
            str(fares["waiting"]),
            str(fares["failed"]),
            fares["delivered_at"] or "never",
        )
    for one in feeds:
        table.add_row(
            one["name"],
            one["status"],
            "NATS",
            ", ".join(one["types"]) or "all public ones",
            "?" if one["waiting"] is None else str(one["waiting"]),
            "-",
            one["taken_at"] or "never",
        )
    out.print(table)


@app.command()
def rotate(
    name: Name,
    *,
    overlap: Annotated[
        int,
        typer.Option(
            "--overlap",
            min=0,
            max=168,
            help="Hours in which both secrets of a webhook sign. A key of NATS ends at once.",
        ),
    ] = 24,
    seed_file: SeedFile = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Give it a new secret, printed this once. That of a webhook goes on signing for a while; the
    key of a feed ends now, and the feed goes on where it was."""
    clinic = reach(data)
    if is_on_nats(clinic, name):
        show_seed(clinic, name, asyncio.run(feeds_of(clinic).rotate(name)), seed_file, as_json)
        return
    path = f"/{_id_of(clinic, name)}/secret"
    _show(_do(clinic, path, {"overlap_hours": overlap}), as_json)


@app.command()
def revoke(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Tell it nothing any more, for ever; what waits for it is dropped."""
    clinic = reach(data)
    on_nats = is_on_nats(clinic, name)
    integrator_id = "" if on_nats else _id_of(clinic, name)
    if not yes:
        typer.confirm(f"{name} will never be told of anything again. Revoke it?", abort=True)
    if on_nats:
        asyncio.run(feeds_of(clinic).revoke(name))
        print(json.dumps({"name": name, "status": "revoked"}) if as_json else f"{name}: revoked")
        return
    revoked = _do(clinic, f"/{integrator_id}/revocation")
    if as_json:
        print(json.dumps(revoked))
    else:
        out.print(f"{name}: {revoked['status']}")


def _show(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(made))
        return
    out.print(f"{made['name']}: {made['status']}, told at {made['webhook']['url']}")
    out.print(f"secret, shown once: {made['secret']}")


def _do(clinic: Reach, path: str, body: Any = None) -> dict[str, Any]:
    answer = asyncio.run(ask(clinic, _TOLD_BY, "POST", f"{API}/integrators{path}", body=body))
    done: dict[str, Any] = answer.usable()
    return done


async def _listed(clinic: Reach, name: str | None = None) -> dict[str, Any]:
    query = {} if name is None else {"name": name}
    answer = await ask(clinic, _TOLD_BY, "GET", f"{API}/integrators", query=query)
    told: dict[str, Any] = answer.usable()
    return told


async def _webhooks(clinic: Reach, name: str) -> list[dict[str, Any]]:
    """Who has the name and is told by a webhook."""
    found = (await _listed(clinic, name))["items"]
    return [one for one in found if one["status"] != "revoked"]


def _id_of(clinic: Reach, name: str) -> str:
    """Who has the name now; one that was revoked had it before."""
    found = asyncio.run(_listed(clinic, name))["items"]
    present = [one for one in found if one["status"] != "revoked"] or found
    if not present:
        raise Trouble(f"no integrator is called {name}: see `careteam integrator list`")
    return str(present[0]["id"])
