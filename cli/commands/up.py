"""`careteam up`: the whole clinic on this machine."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from cli.clinic.folder import DEFAULT_FOLDER, ClinicFolder
from cli.clinic.record import ClinicRecord
from cli.commands.options import AsJson, Data, out, progress
from cli.embedded.clinic import EmbeddedClinic
from cli.synthetic.first_start import populate_once
from shared.runtime.crashes import leave_no_memory_behind

_ONE_PRESS_SECONDS: Final = 1.0
"""A terminal, a shell and `timeout` may each pass on the same Ctrl-C."""


def up(
    data: Data = DEFAULT_FOLDER,
    empty: Annotated[
        bool, typer.Option("--empty", help="No synthetic clinic on the first start.")
    ] = False,
    port_base: Annotated[
        int, typer.Option(help="The sign-in listens here, services on this plus 1, 2, 3 and 4.")
    ] = 8100,
    protocol: Annotated[
        Path | None,
        typer.Option(
            envvar="CARETEAM_PROTOCOL_FILE",
            help="The protocol that new courses begin with from now on; it is kept in the folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start a clinic: PostgreSQL, NATS and the four services. Ctrl-C stops it; the data stays."""
    leave_no_memory_behind()
    folder = ClinicFolder.at(data)
    folder.create()
    with folder.locked():
        clinic = partial(EmbeddedClinic, folder, port_base, protocol=protocol)
        asyncio.run(_run(folder, clinic, empty=empty, as_json=as_json))


async def _run(
    folder: ClinicFolder, start: Callable[..., EmbeddedClinic], *, empty: bool, as_json: bool
) -> None:
    began = time.monotonic()

    def tell(sentence: str) -> None:
        progress.print(f"[dim]{time.monotonic() - began:6.1f} s[/dim]  {escape(sentence)}")

    clinic = start(tell=tell)
    async with _until_told_to_stop():
        try:
            await clinic.start()
            await populate_once(folder, folder.clock_file, tell, empty=empty)
            people = await asyncio.to_thread(clinic.let_people_in)
            record = clinic.announce()
            tell("ready")
            _show(replace(record, sign_ins=people), as_json=as_json)
            await clinic.until_broken()
        finally:
            await clinic.stop()


@asynccontextmanager
async def _until_told_to_stop() -> AsyncIterator[None]:
    """The block ends, as if it had finished, at the first signal. At a later one everything ends at
    once: this process goes, and the kernel tells its children (see ``cli.supervisor.child``)."""
    loop = asyncio.get_running_loop()
    block = asyncio.current_task()
    told: float | None = None

    def stop() -> None:
        nonlocal told
        if told is None:
            told = loop.time()
            if block is not None:
                block.cancel()
        elif loop.time() > told + _ONE_PRESS_SECONDS:
            os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        yield
    if told is not None and block is not None:
        block.uncancel()


def _show(record: ClinicRecord, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(record)), flush=True)
        return
    addresses = Table("service", "address", box=None, pad_edge=False)
    for name, url in record.services.items():
        addresses.add_row(name, url)
    addresses.add_row("sign-in", record.issuer)
    first = any(person.password for person in record.sign_ins)
    secret = "password, shown this once" if first else "token for programs"
    people = Table("role", "name", "sign in as", secret, box=None, pad_edge=False)
    for person in record.sign_ins:
        people.add_row(person.role, person.name, person.login, person.password or person.token)
    out.print()
    out.print(addresses)
    out.print("\n[bold]Demo people[/bold] (sandbox only)")
    out.print(people)
    if first:
        out.print("\nTokens with which programs act as them: careteam status --json")
    else:
        out.print("\nA password that was lost: careteam people password LOGIN")
    out.print("\nCtrl-C stops the clinic; its data stays in", escape(record.data))
