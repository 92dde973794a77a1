"""What a service does on the bus: publish, consume, and say how far it is, over one connection.

The connection reconnects by itself, for ever. Should the server close it for good (a refused key,
for one), everything here is ended and begun anew on another one: a client that is closed raises at
every use, and the process would look healthy and hear nothing.

A part that fails is begun again by itself. The consumer's own parts stand and fall together: a
consumer without its pulling would wait for ever for messages that nobody asks for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.messaging.connection import Bus, connect
from shared.messaging.consumer import Consumer
from shared.messaging.lanes import Lanes
from shared.messaging.only_one import CONSUMER_LOCK, while_only_one
from shared.messaging.pace import Pace
from shared.messaging.position import Position
from shared.messaging.pull import PullLoop
from shared.messaging.relay import Relay
from shared.messaging.watermarks import Watermarks
from shared.runtime.database import Database
from shared.serving.upkeep import Closed, keep, within
from shared.storage import Transactions

log = structlog.get_logger()

_CLOSING_SECONDS: Final = 2.0


class OnTheBus:
    """The relay, the consumer and what belongs to them."""

    def __init__(
        self,
        bus: Bus,
        database: Database,
        transactions: Transactions[Any],
        *,
        watermarks: Watermarks,
        consumer: Consumer[Any],
        lanes: Lanes[Any],
        pace: Pace,
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.relay: Relay | None = None
        self._bus = bus
        self._database = database
        self._transactions = transactions
        self._watermarks = watermarks
        self._consumer = consumer
        self._lanes = lanes
        self._pace = pace
        self._on_step = on_step
        self._pull: PullLoop | None = None
        self._position: Position | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Join, and stay until cancelled; raises when the connection is closed for good."""
        closed = Closed()
        client = await connect(
            self._bus, "messages", on_reconnected=self._reconnected, on_closed=closed.tell
        )
        try:
            await self._watermarks.listen(client)
            self.relay = Relay(
                self._bus.service, self._database, client, self._watermarks, on_step=self._on_step
            )
            log.info("joined the bus")
            async with asyncio.TaskGroup() as parts:
                parts.create_task(keep("relay", self.relay.run), name="relay")
                parts.create_task(
                    keep("consumer", lambda: self._take_part(client), again=False), name="consumer"
                )
                parts.create_task(closed.fail())
        finally:
            await within(_CLOSING_SECONDS, client.close())

    def ring(self) -> None:
        """There is something new in the outbox."""
        if self.relay is not None:
            self.relay.ring()

    async def keep_position(self) -> None:
        """Write down now how far everything was received, rather than within a second."""
        if self._position is not None:
            with suppress(NatsError):
                await self._position.keep()

    async def stop_consuming(self) -> None:
        """Take nothing more, and wait until what was begun is committed and acknowledged."""
        if self._pull is not None:
            await self._pull.stop()
            await self._idle.wait()

    async def _take_part(self, client: Client) -> None:
        """Consume whenever no other replica does."""
        await while_only_one(
            self._database,
            CONSUMER_LOCK,
            lambda: self._consume(client),
            fit=lambda: client.is_connected,
        )

    async def _consume(self, client: Client) -> None:
        durable = self._bus.service
        pull = self._pull = PullLoop(client, durable)
        position = self._position = Position(
            client, self._transactions, durable, every_seconds=self._pace.position
        )
        self._idle.clear()
        try:
            async with asyncio.TaskGroup() as parts:
                beside = [
                    parts.create_task(pull.run(), name="pull"),
                    parts.create_task(self._lanes.run(), name="lanes"),
                    parts.create_task(position.run(), name="position"),
                ]
                await self._consumer.run(pull)
                for task in beside:
                    task.cancel()
        finally:
            self._idle.set()
            await within(_CLOSING_SECONDS, pull.abandon())

    async def _reconnected(self) -> None:
        log.info("bus reconnected")
        if self.relay is not None:
            self.relay.reconnected()
        if self._pull is not None:
            self._pull.reconnected()
