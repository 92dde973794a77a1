"""Pulling from the durable: messages in stream order, as many as there is room for.

The library's ``fetch`` asks twice and waits in between; this keeps requests open ahead of the
consumer instead, so that a message is delivered the moment it is stored. Back-pressure is the
queue: what has no room is not asked for. Requests die with a server or a connection without a
word, so each has a deadline of its own after which it counts as gone.

A message that we hold for long, because the database is away or a handler is slow, is reported to
the broker as still in progress, those in the queue too. Otherwise the broker would deliver them
again while they wait, and the more we are behind, the more of our time would go into copies. A
process that is paused reports nothing, and its messages go to the next one.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from shared.messaging.stream import STREAM

__all__ = ["STREAM", "PullLoop"]

log = structlog.get_logger()

EXPIRES_SECONDS: Final = 10.0
_GONE_AFTER_SECONDS: Final = 12.0
_TICK_SECONDS: Final = 1.0
IN_PROGRESS_SECONDS: Final = 2.0
"""Below half of the durable's ``ack_wait``, so that one lost report does no harm."""


class PullLoop:
    """Keeps pull requests open on one durable and queues what arrives."""

    def __init__(self, client: Client, durable: str, *, room: int = 500) -> None:
        self._client = client
        self._next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}"
        self._inbox = client.new_inbox()
        self._room = room
        self._open_requests = 0
        self._asked_at = 0.0
        self._queue: deque[Msg] = deque()
        self._held: list[Msg] = []
        self._reported_at = time.monotonic()
        self._filled = asyncio.Event()
        self._changed = asyncio.Event()
        self._stopped = False

    async def run(self) -> None:
        """Keep asking until cancelled."""
        subscription = await self._client.subscribe(self._inbox, cb=self._arrived)
        try:
            while True:
                self._changed.clear()
                await self._report_progress()
                await self._ask()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TICK_SECONDS):
                        await self._changed.wait()
                if time.monotonic() - self._asked_at > _GONE_AFTER_SECONDS:
                    self._open_requests = 0
        finally:
            with suppress(NatsError):
                await subscription.unsubscribe()

    def reconnected(self) -> None:
        """Whatever was asked for before is forgotten by the server."""
        self._open_requests = 0
        self._changed.set()

    async def next_batch(self, most: int) -> list[Msg]:
        """At least one message, at most ``most``, in stream order; none when it was stopped.

        Asking for the next batch says that the one before it is done with.
        """
        self._held = []
        while not (self._queue or self._stopped):
            self._filled.clear()
            await self._filled.wait()
        self._held = [self._queue.popleft() for _ in range(min(most, len(self._queue)))]
        self._changed.set()
        return self._held

    async def stop(self) -> None:
        """Take nothing more, and give back at once what nobody has begun."""
        self._stopped = True
        given_back, self._queue = self._queue, deque()
        self._filled.set()
        await _give_back(given_back)

    async def abandon(self) -> None:
        """As :meth:`stop`, and give back what was begun and will not be finished here."""
        await self.stop()
        given_back, self._held = self._held, []
        await _give_back(given_back)

    async def _report_progress(self) -> None:
        if time.monotonic() - self._reported_at < IN_PROGRESS_SECONDS:
            return
        self._reported_at = time.monotonic()
        if self._client.is_connected:
            for message in (*self._held, *self._queue):
                await message.in_progress()

    async def _ask(self) -> None:
        free = self._room - len(self._queue) - self._open_requests
        if self._stopped or free < self._room // 2 or not self._client.is_connected:
            return
        request = {"batch": free, "expires": int(EXPIRES_SECONDS * 1_000_000_000)}
        self._open_requests += free
        self._asked_at = time.monotonic()
        await self._client.publish(self._next_subject, json.dumps(request).encode(), self._inbox)

    async def _arrived(self, message: Msg) -> None:
        status = (message.headers or {}).get("Status")
        if message.reply:
            await self._take(message)
        elif status is not None and status != "100" and not self._ended(message.headers or {}):
            return
        if self._open_requests <= self._room // 2:
            self._changed.set()

    async def _take(self, message: Msg) -> None:
        self._open_requests = max(0, self._open_requests - 1)
        if self._stopped:
            await message.nak()
            return
        self._queue.append(message)
        self._filled.set()

    def _ended(self, headers: dict[str, str]) -> bool:
        """A request ended with something left of it: it expired, or could not be served.

        False where no remainder is told (no such consumer, nobody there): then all are gone, and
        the next tick asks again. Asking at once would be a hot loop.
        """
        unused = headers.get("Nats-Pending-Messages", "")
        if unused.isdigit():
            self._open_requests = max(0, self._open_requests - int(unused))
            return True
        log.info("pull request ended", status=headers.get("Status"))
        self._open_requests = 0
        return False


async def _give_back(messages: Iterable[Msg]) -> None:
    """Let the broker deliver these to somebody else now; those that were acknowledged stay so."""
    for message in messages:
        with suppress(NatsError):
            await message.nak()
