"""Whether the stream takes what we publish: known from its own word, and from nothing else.

A wedged stream looks healthy, and an answer never comes when a broker is killed. So when there is
nothing to publish a canary is, and when the stream has been silent twice the connection is made
anew, which also turns to another server of a cluster.
"""

import asyncio
import time
from typing import Final

import structlog
from nats.aio.client import Client

from shared.messaging.stream import Stored, StreamPublisher

log = structlog.get_logger()

QUIET_SECONDS: Final = 5.0
ACK_SECONDS: Final = 2.0
_SILENCES_BEFORE_RECONNECT: Final = 2
_BREATH_SECONDS: Final = 0.1


class Pulse:
    """Listens for signs of life of the stream."""

    def __init__(self, client: Client, publisher: StreamPublisher, service: str) -> None:
        self._client = client
        self._publisher = publisher
        self._subject = f"careteam.canary.{service}"
        self._silences = 0
        self._acknowledged_at: float | None = None

    @property
    def seconds_since_acknowledged(self) -> float | None:
        """How long ago the stream last acknowledged anything of ours (monotonic)."""
        if self._acknowledged_at is None:
            return None
        return time.monotonic() - self._acknowledged_at

    def heard(self) -> None:
        """The stream acknowledged something."""
        self._silences = 0
        self._acknowledged_at = time.monotonic()

    async def is_there(self) -> bool:
        """Whether the stream takes anything at all; a silent one is counted."""
        word = await self._publisher.ask(self._subject, b"", {"Nats-TTL": "60s"}, ACK_SECONDS)
        if isinstance(word, Stored):
            self.heard()
            return True
        log.warning("canary unanswered")
        self._silences += 1
        if self._silences >= _SILENCES_BEFORE_RECONNECT:
            self._silences = 0
            log.warning("stream is silent, connecting anew")
            await self._client.force_reconnect()
        await asyncio.sleep(_BREATH_SECONDS)
        return False

    async def is_there_or_busy(self) -> bool:
        """As :meth:`is_there`, asked only when nothing was acknowledged for a while."""
        since = self.seconds_since_acknowledged
        return (since is not None and since < QUIET_SECONDS) or await self.is_there()
