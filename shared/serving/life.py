"""The life of a service: its database first, then the bus, and both in reverse at the end.

A service answers its users as long as its own database answers. The bus may be away: commands that
need no peer go on, and what they say waits in the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

import structlog
from faststream.nats import NatsBroker
from nats.aio.client import Client
from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.enums import Service
from careteam_contracts.questions import REPUBLISH
from shared.messaging.asking import Asker, register_answers, rpc_broker
from shared.messaging.connection import Bus, connect
from shared.messaging.consumer import Consumer
from shared.messaging.due import Due
from shared.messaging.lanes import Lanes
from shared.messaging.only_one import CONSUMER_LOCK, while_only_one
from shared.messaging.outbox import Outbox
from shared.messaging.pull import PullLoop
from shared.messaging.relay import Relay
from shared.messaging.republishing import AskAgainByRpc, republish
from shared.messaging.subscriptions import by_type
from shared.messaging.timer_runner import TimerRunner
from shared.messaging.watermarks import Watermarks
from shared.protocol.loader import DEFAULT_CLINIC, load_protocol
from shared.runtime.clock import Clock, SandboxClock, SystemClock
from shared.runtime.database import Database
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.status import backlog
from shared.storage import Context, SqlUnitOfWork, Transactions

log = structlog.get_logger()

U = TypeVar("U", bound=SqlUnitOfWork)

_RESTART_SECONDS: Final = 0.5
_DRAIN_SECONDS: Final = 3.0


class RunningService(Generic[U]):
    """All parts of one service process, started and stopped together."""

    def __init__(self, definition: ServiceDefinition[U], settings: ServiceSettings) -> None:
        self.definition = definition
        self.settings = settings
        self.clock: Clock = (
            SandboxClock(settings.clock_file)
            if settings.sandbox and settings.clock_file is not None
            else SystemClock()
        )
        self.protocol = load_protocol(settings.protocol_file or DEFAULT_CLINIC)
        self.database = Database(settings.database())
        self.watermarks = Watermarks(tuple(s.value for s in Service if s.value != definition.name))
        self.bus = Bus(settings.nats_servers, definition.name, settings.nats_seed_file)
        self.transactions: Transactions[U] = Transactions(
            self.database.engine,
            self.clock,
            self._open,
            on_events=self._ring,
            on_timers=lambda: self.timers.wake(),  # noqa: PLW0108 - it is made below
        )
        self.broker: NatsBroker = rpc_broker(self.bus)
        self.asker = Asker(self.broker)
        self.peers = definition.peers(self.asker)
        self.timers: TimerRunner[U] = TimerRunner(
            self.transactions,
            definition.timers,
            self.clock,
            {kind: self._asks(policy) for kind, policy in definition.asking_timers.items()},
        )
        subscriptions = by_type(definition.subscriptions)
        self.lanes: Lanes[U] = Lanes(
            self.transactions,
            subscriptions,
            ask_again=AskAgainByRpc(self.asker, Service(definition.name)),
            on_parked=definition.on_parked,
        )
        self.consumer: Consumer[U] = Consumer(
            self.transactions, subscriptions, on_waiting=self.lanes.wake
        )
        self.relay: Relay | None = None
        self.started = False
        self._client: Client | None = None
        self._pull: PullLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; raises when the database is not durable. The bus is joined in the background."""
        await self.database.assert_durable()
        register_answers(
            self.broker,
            self.transactions,
            {
                **self.definition.answers,
                REPUBLISH[Service(self.definition.name)]: republish,
            },
        )
        self._begin("timers", self.timers.run)
        self._begin("bus", self._join_bus, again=False)
        self.started = True

    async def stop(self) -> None:
        """Finish what was begun, say what is still to be said, and leave."""
        if self._pull is not None:
            await self._pull.stop()
        if self.relay is not None:
            await self._say_the_rest()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.broker.stop()
        if self._client is not None:
            await self._client.close()
        await self.database.close()

    async def settle(self) -> bool:
        """Fire what is due; True when nothing is due, unsaid or waiting any more."""
        fired = await self.timers.fire_due()
        self._ring()
        self.lanes.wake()
        unsaid, waiting = await self.backlog()
        return fired == 0 and unsaid == 0 and waiting == 0

    async def backlog(self) -> tuple[int, int]:
        """How many events are not in the stream yet, and how many wait in lanes."""
        async with self.database.engine.connect() as connection:
            return await backlog(connection)

    def _open(self, connection: AsyncConnection, context: Context) -> U:
        outbox = Outbox(
            self.definition.name,
            self.definition.publish,
            clinic_id=self.settings.clinic_id,
            protocol_version=self.protocol.protocol_version,
        )
        return self.definition.unit_of_work(
            connection,
            context,
            protocol=self.protocol,
            timezone=self.settings.zone,
            events=outbox,
            freshness=self.watermarks,
        )

    def _asks(
        self, policy: Callable[[Due, Any, Any], Awaitable[None]]
    ) -> Callable[[Due], Awaitable[None]]:
        return lambda due: policy(due, self.transactions.begin, self.peers)

    def _ring(self) -> None:
        if self.relay is not None:
            self.relay.ring()

    async def _join_bus(self) -> None:
        client = await connect(self.bus, "messages", on_reconnected=self._reconnected)
        self._client = client
        await self.broker.start()
        await self.watermarks.listen(client)
        relay = Relay(self.definition.name, self.database, client, self.watermarks)
        self.relay = relay
        self._begin("relay", relay.run)
        self._begin(
            "consumer",
            lambda: while_only_one(self.database, CONSUMER_LOCK, lambda: self._consume(client)),
            again=False,
        )
        log.info("joined the bus")

    async def _consume(self, client: Client) -> None:
        pull = self._pull = PullLoop(client, self.definition.name)
        beside = [asyncio.ensure_future(pull.run()), asyncio.ensure_future(self.lanes.run())]
        try:
            await self.consumer.run(pull)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _reconnected(self) -> None:
        log.info("bus reconnected")
        if self.relay is not None:
            self.relay.reconnected()
        if self._pull is not None:
            self._pull.reconnected()

    async def _say_the_rest(self) -> None:
        self._ring()
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while (await self.backlog())[0]:
                    self._ring()
                    await asyncio.sleep(0.05)
        except (TimeoutError, OSError):
            log.warning("stopping with events unsaid; they go out at the next start")

    def _begin(self, stage: str, work: Callable[[], Awaitable[Any]], *, again: bool = True) -> None:
        self._tasks.append(asyncio.create_task(self._keep(stage, work, again), name=stage))

    async def _keep(self, stage: str, work: Callable[[], Awaitable[Any]], again: bool) -> None:
        """Run a part; one that fails is begun again, because nobody else would."""
        while True:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("part failed", stage=stage)
            else:
                if not again:
                    return
            await asyncio.sleep(_RESTART_SECONDS)
