"""Pulling from the durable: messages in stream order, as many as there is room for.

The library's ``fetch`` asks twice and waits in between; this keeps requests open ahead of the
consumer instead, so that a message is delivered the moment it is stored. Back-pressure is the
queue: what has no room is not asked for. Requests die with a server or a connection without a
word, so each has a deadline of its own after which it counts as gone.
"""

import asyncio
import json
import time
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg

STREAM: Final = "CARETEAM_EVENTS"
_EXPIRES_SECONDS: Final = 10.0
_GONE_AFTER_SECONDS: Final = 12.0


class PullLoop:
    """Keeps pull requests open on one durable and queues what arrives."""

    def __init__(self, client: Client, durable: str, *, room: int = 500) -> None:
        self._client = client
        self._next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}"
        self._inbox = client.new_inbox()
        self._room = room
        self._open_requests = 0
        self._asked_at = 0.0
        self._queue: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._stopped = False

    async def run(self) -> None:
        """Keep asking until cancelled."""
        subscription = await self._client.subscribe(self._inbox, cb=self._arrived)
        try:
            while True:
                await self._ask()
                self._changed.clear()
                try:
                    async with asyncio.timeout(1.0):
                        await self._changed.wait()
                except TimeoutError:
                    if time.monotonic() - self._asked_at > _GONE_AFTER_SECONDS:
                        self._open_requests = 0
        finally:
            await subscription.unsubscribe()

    def reconnected(self) -> None:
        """Whatever was asked for before is forgotten by the server."""
        self._open_requests = 0
        self._changed.set()

    async def next_batch(self, most: int) -> list[Msg]:
        """At least one message, at most ``most``, in stream order; none when it was stopped."""
        batch: list[Msg] = []
        while not self._stopped and len(batch) < most:
            if batch and self._queue.empty():
                break
            message = await self._queue.get()
            if message is not None:
                batch.append(message)
        self._changed.set()
        return batch

    async def stop(self) -> None:
        """Take nothing more, and give back at once what nobody has begun."""
        self._stopped = True
        while not self._queue.empty():
            message = self._queue.get_nowait()
            if message is not None:
                await message.nak()
        self._queue.put_nowait(None)

    async def _ask(self) -> None:
        free = self._room - self._queue.qsize() - self._open_requests
        if self._stopped or free < self._room // 2:
            return
        request = {"batch": free, "expires": int(_EXPIRES_SECONDS * 1_000_000_000)}
        self._open_requests += free
        self._asked_at = time.monotonic()
        await self._client.publish(self._next_subject, json.dumps(request).encode(), self._inbox)

    async def _arrived(self, message: Msg) -> None:
        status = message.headers.get("Status") if message.headers else None
        if self._stopped:
            if message.reply:
                await message.nak()
            return
        if status is None or message.reply:
            self._open_requests = max(0, self._open_requests - 1)
            self._queue.put_nowait(message)
        elif status == "100":
            return
        elif message.headers is not None:
            unused = message.headers.get("Nats-Pending-Messages")
            self._open_requests = (
                max(0, self._open_requests - int(unused)) if unused is not None else 0
            )
            if unused is None:
                # No such consumer, or no responder: ask again at the next tick, not at once.
                return
        if self._open_requests <= self._room // 2:
            self._changed.set()
