"""`careteam events replay` and `verify`: a range of the stream, told again or looked through."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import httpx
import typer
from nats.aio.client import Client
from nats.aio.msg import Msg

from careteam_contracts.catalogue import CATALOGUE
from cli.bus.connection import connected
from cli.bus.continuity import Continuity
from cli.bus.stretch import Stretch, cloud_event, read
from cli.bus.tailing import Wanted
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.moments import moment
from cli.clinic.reach import reach
from cli.commands.options import AsJson, Data, out, progress
from cli.trouble import Misuse, Trouble

STRUCTURED: Final = "application/cloudevents+json"
_SHOWN: Final = 50

From = Annotated[
    str | None, typer.Option("--from", metavar="SEQ|TIME", help="Its first event; else the oldest.")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="SEQ|TIME", help="Its last event; else the newest.")
]


def replay(
    *,
    begin: From = None,
    end: To = None,
    forward_to: Annotated[
        str | None,
        typer.Option("--forward-to", metavar="URL", help="Send each there, in order, instead."),
    ] = None,
    type_glob: Annotated[
        str | None, typer.Option("--type", help="A glob: dose_*, careteam.scheduling.*")
    ] = None,
    client: Annotated[UUID | None, typer.Option("--client", help="Of this client only.")] = None,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Tell a range of events again, as CloudEvents, one JSON object for each line.

    What is forwarded is what integrators may see. Each is sent until it is taken once; what is not
    taken ends the replay, and says where to go on. Nothing is published: no service hears it.
    """
    url = _http(forward_to) if forward_to else None
    stretch = Stretch(begin=_place(begin), end=_place(end))
    user = reach(data).bus()
    wanted = Wanted(type_glob=type_glob, client_id=client)

    async def work() -> int:
        sent = 0
        async with (
            connected(user) as bus,
            httpx.AsyncClient(timeout=10, trust_env=False, follow_redirects=False) as http,
            aclosing(_events(bus, wanted, stretch)) as events,
        ):
            async for message in events:
                event = _event(message)
                if url is None:
                    print(json.dumps(event), flush=True)
                elif _public(message):
                    await _send(http, url, event, message.metadata.sequence.stream)
                    sent += 1
        return sent

    sent = asyncio.run(work())
    if url is not None:
        progress.print(f"{sent} events were taken by {url}")


def verify(
    *,
    begin: From = None,
    end: To = None,
    data: Data = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> int:
    """Look through a range: whether any event of any client is missing in it."""
    stretch = Stretch(begin=_place(begin), end=_place(end))
    user = reach(data).bus()
    seen = Continuity()

    async def work() -> None:
        async with (
            connected(user) as bus,
            aclosing(_events(bus, Wanted(), stretch)) as events,
        ):
            async for message in events:
                seen.see(message.headers or {}, message.metadata.sequence.stream)

    with progress.status("reading…"):
        asyncio.run(work())
    whole = not seen.holes and not seen.wrong
    if as_json:
        print(json.dumps(_report(seen, whole=whole)))
        return 0 if whole else 1
    for hole in seen.holes[:_SHOWN]:
        out.print(f"[red]{hole}[/red]")
    if seen.wrong:
        out.print(f"[red]{seen.wrong} messages are no events of ours[/red]")
    word = "[green]whole[/green]" if whole else "[red]not whole[/red]: the owners publish again"
    out.print(
        f"{seen.events} events of {seen.lanes} lanes, {seen.again} published again, "
        f"{len(seen.holes)} holes: {word}"
    )
    return 0 if whole else 1


def _report(seen: Continuity, *, whole: bool) -> dict[str, Any]:
    return {
        "whole": whole,
        "events": seen.events,
        "lanes": seen.lanes,
        "published_again": seen.again,
        "no_events": seen.wrong,
        "holes": [
            {
                "producer": hole.producer,
                "client_id": hole.client_id,
                "first": hole.first,
                "last": hole.last,
                "before": hole.before,
            }
            for hole in seen.holes
        ],
    }


async def _events(bus: Client, wanted: Wanted, stretch: Stretch) -> AsyncGenerator[Msg, None]:
    async with aclosing(read(bus, wanted, stretch)) as found:
        async for message in found:
            yield message


def _event(message: Msg) -> dict[str, Any]:
    return cloud_event(message.headers or {}, json.loads(message.data) if message.data else None)


def _public(message: Msg) -> bool:
    known = CATALOGUE.get((message.headers or {}).get("ce-type", ""))
    return known is not None and known.public


async def _send(http: httpx.AsyncClient, url: str, event: dict[str, Any], sequence: int) -> None:
    try:
        answer = await http.post(
            url, content=json.dumps(event), headers={"Content-Type": STRUCTURED}
        )
        said = f"answered {answer.status_code}"
        taken = answer.is_success
    except httpx.HTTPError as error:
        said, taken = type(error).__name__, False
    if not taken:
        raise Trouble(f"{url}: {said} at sequence {sequence}; go on with --from {sequence}")


def _place(text: str | None) -> int | datetime | None:
    if text is None:
        return None
    if text.isdigit():
        if int(text) < 1:
            raise Misuse("a stream begins with sequence 1")
        return int(text)
    return moment(text)


def _http(url: str) -> str:
    parsed = httpx.URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Misuse(f"{url} is no address: write http://… or https://…")
    return url
