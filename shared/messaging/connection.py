"""The connection to NATS: it never gives up by itself, and it says when it was away."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.messaging.headers import HeaderReadingClient

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bus:
    """Where NATS is and who we are there."""

    servers: Sequence[str]
    service: str
    seed_file: Path | None
    tls: ssl.SSLContext | None = None

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
        if self.tls is not None:
            options["tls"] = self.tls
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


async def request(client: Client, subject: str, *, seconds: float = 2.0) -> Msg:
    """Ask a question of the server; raises a ``NatsError`` when nobody answers in time.

    The client waits with ``asyncio.wait_for``, which before Python 3.12 forgets a cancellation that
    comes in the moment of the answer. That moment is not rare: a process that was paused wakes up
    to both at once, and a task that does not end keeps all that wait for its end.
    """
    task = asyncio.current_task()
    cancelled = task.cancelling() if task is not None else 0
    answer = await client.request(subject, b"", timeout=seconds)
    if task is not None and task.cancelling() > cancelled:
        raise asyncio.CancelledError
    return answer
