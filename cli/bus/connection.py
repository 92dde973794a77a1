"""Connections to the bus as one of its users."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import nats
from nats.aio.client import Client
from nats.errors import Error, NoServersError

from cli.bus.names import inbox_of
from cli.trouble import Trouble


@dataclass(frozen=True, slots=True)
class BusUser:
    """Where NATS is, and what lets this user in."""

    name: str
    servers: Sequence[str]
    seed: Path
    tls: ssl.SSLContext | None = None

    def beside(self, name: str) -> Self:
        """Another user, whose seed is in the same folder."""
        return replace(self, name=name, seed=self.seed.with_name(f"{name}.seed"))


@asynccontextmanager
async def connected(user: BusUser) -> AsyncIterator[Client]:
    """A connection for a short piece of work: it fails at once instead of waiting for a server."""
    try:
        client = await nats.connect(
            servers=list(user.servers),
            nkeys_seed=str(user.seed),
            tls=user.tls,
            inbox_prefix=inbox_of(user.name).encode(),
            allow_reconnect=False,
            connect_timeout=5,
            error_cb=_kept_quiet,
        )
    except FileNotFoundError:
        raise Trouble(
            f"the NATS key {user.seed} is missing: is this the clinic's folder?"
        ) from None
    except (OSError, NoServersError, Error) as refused:
        at = ", ".join(user.servers)
        raise Trouble(f"NATS at {at} does not let us in: {refused}") from refused
    try:
        yield client
    finally:
        await client.close()


async def _kept_quiet(_error: Exception) -> None:
    """What fails is raised where it was asked; the client's own log line would say it twice."""
