"""The connection to NATS: it never gives up by itself, and it says when it was away."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from nats.aio.client import Client

from shared.messaging.headers import HeaderReadingClient

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bus:
    """Where NATS is and who we are there."""

    servers: Sequence[str]
    service: str
    seed_file: Path | None

    def options(self) -> dict[str, Any]:
        """What every client of this service is opened with.

        Reconnecting goes on for ever, ten times a second: a client that gives up after some tries
        would leave a healthy-looking process that hears nothing. Each user has an inbox prefix of
        its own, so that nobody can listen to another's answers.
        """
        options: dict[str, Any] = {
            "servers": list(self.servers),
            "inbox_prefix": f"_INBOX_{self.service}".encode(),
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.1,
            "connect_timeout": 2,
            "ping_interval": 5,
            "max_outstanding_pings": 2,
            "allow_reconnect": True,
        }
        if self.seed_file is not None:
            options["nkeys_seed_str"] = self.seed_file.read_text().strip()
        return options


async def connect(
    bus: Bus,
    name: str,
    *,
    on_reconnected: Callable[[], Awaitable[None]] | None = None,
    on_closed: Callable[[], Awaitable[None]] | None = None,
) -> Client:
    """Connect, waiting for a server as long as it takes."""

    async def disconnected() -> None:
        log.warning("bus disconnected", stage=name)

    async def failed(error: Exception) -> None:
        log.warning("bus error", stage=name, error=type(error).__name__)

    options = bus.options()
    if on_reconnected is not None:
        options["reconnected_cb"] = on_reconnected
    if on_closed is not None:
        options["closed_cb"] = on_closed
    client = HeaderReadingClient()
    await client.connect(
        name=f"{bus.service}-{name}", disconnected_cb=disconnected, error_cb=failed, **options
    )
    return client
