"""Connections to the bus as one of its users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.errors import Error, NoServersError

from cli.bus.names import inbox_of
from cli.trouble import Trouble


@asynccontextmanager
async def connected(servers: list[str], user: str, seed: Path) -> AsyncIterator[Client]:
    """A connection for a short piece of work: it fails at once instead of waiting for a server."""
    try:
        client = await nats.connect(
            servers=servers,
            nkeys_seed=str(seed),
            inbox_prefix=inbox_of(user).encode(),
            allow_reconnect=False,
            connect_timeout=5,
            error_cb=_kept_quiet,
        )
    except FileNotFoundError:
        raise Trouble(f"the NATS key {seed} is missing: is this the clinic's folder?") from None
    except (OSError, NoServersError, Error) as refused:
        raise Trouble(f"NATS at {', '.join(servers)} does not let us in: {refused}") from refused
    try:
        yield client
    finally:
        await client.close()


async def _kept_quiet(_error: Exception) -> None:
    """What fails is raised where it was asked; the client's own log line would say it twice."""
