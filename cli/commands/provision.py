"""`careteam provision`: the stream and its consumers as declared; databases too, where asked."""

import asyncio
import os
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from cli.bus.connection import connected
from cli.bus.feed_provisioning import provision_feeds
from cli.bus.names import AUDITOR
from cli.bus.provisioning import Drift, provision_audit
from cli.bus.provisioning import provision as provision_bus
from cli.clinic.folder import DEFAULT_FOLDER
from cli.clinic.reach import reach, told_transport
from cli.clinic.services import IDENTITY, SERVICES
from cli.commands.options import Data, out
from cli.embedded.databases import RoleSecrets, provision_databases
from cli.trouble import Trouble
from shared.messaging.feeds import read_feeds


def provision(
    data: Data = DEFAULT_FOLDER,
    check: Annotated[bool, typer.Option("--check", help="Only report what differs.")] = False,
    replicas: Annotated[
        int, typer.Option(envvar="CARETEAM_STREAM_REPLICAS", help="Copies of the stream.")
    ] = 1,
    most_bytes: Annotated[
        int | None,
        typer.Option(
            envvar="CARETEAM_STREAM_MAX_BYTES",
            help="The stream's size; without it, what it has, or 8 GiB.",
        ),
    ] = None,
    most_audit_bytes: Annotated[
        int | None,
        typer.Option(
            envvar="CARETEAM_AUDIT_STREAM_MAX_BYTES",
            help="The size of the audit's stream; without it, what it has, or 1 GiB.",
        ),
    ] = None,
) -> int:
    """Make the streams and consumers as declared. Safe to repeat."""
    clinic = reach(data)
    bus = clinic.bus()

    databases = None if check else _databases(os.environ)

    async def work() -> list[Drift]:
        if databases is not None:
            await databases
        async with connected(bus) as client:
            drifts = await provision_bus(
                client, SERVICES, replicas=replicas, most_bytes=most_bytes, check=check
            )
            feeds = read_feeds(clinic.feeds_file)
            drifts += await provision_feeds(client, feeds, replicas=replicas, check=check)
        async with connected(bus.beside(AUDITOR)) as client:
            return drifts + await provision_audit(
                client, replicas=replicas, most_bytes=most_audit_bytes, check=check
            )

    drifts = asyncio.run(work())
    for drift in drifts:
        out.print(f"{'' if check else 'was: '}{drift}")
    if not drifts:
        out.print("as declared")
    return 1 if check and drifts else 0


def _databases(environment: Mapping[str, str]) -> Coroutine[None, None, None] | None:
    """Databases and roles, when the superuser's address is given (compose, production)."""
    url = environment.get("CARETEAM_POSTGRES_URL")
    if not url:
        return None
    try:
        password = Path(environment["CARETEAM_POSTGRES_PASSWORD_FILE"]).read_text().strip()
        folder = Path(environment["CARETEAM_DATABASE_SECRETS"])
    except KeyError as missing:
        raise Trouble(f"CARETEAM_POSTGRES_URL is set, so {missing.args[0]} must be too") from None

    tls = told_transport(environment)

    async def connect(database: str) -> asyncpg.Connection:
        try:
            connection: asyncpg.Connection = await asyncpg.connect(
                url, password=password, database=database, timeout=10, ssl=tls
            )
        except (OSError, asyncpg.PostgresError) as refused:
            raise Trouble(f"PostgreSQL does not let us in: {refused}") from refused
        return connection

    return provision_databases(connect, (*SERVICES, IDENTITY), RoleSecrets(folder))
