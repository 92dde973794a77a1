"""The life of a service: its database first, then the bus, and both in reverse at the end.

A service answers its users as long as its own database answers. The bus may be away: commands that
need no peer go on, and what they say waits in the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.enums import Service
from careteam_contracts.questions import REPUBLISH
from shared.messaging.asking import Asker, register_answers, rpc_broker
from shared.messaging.connection import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.due import Due
from shared.messaging.lanes import Lanes
from shared.messaging.outbox import Outbox
from shared.messaging.pace import USUAL, Pace
from shared.messaging.people import People
from shared.messaging.relay import Relay
from shared.messaging.republishing import AskAgainByRpc, republish
from shared.messaging.standings import Standings
from shared.messaging.subscriptions import by_type
from shared.messaging.timer_runner import TimerRunner
from shared.messaging.watermarks import Watermarks
from shared.protocol.shelf import load_library
from shared.runtime.clock import Clock, SandboxClock, SystemClock
from shared.runtime.database import Database
from shared.runtime.settings import ServiceSettings
from shared.serving.changes import Changes
from shared.serving.checkpoints import Checkpoints
from shared.serving.definition import ServiceDefinition
from shared.serving.emergencies import TIMERS, told_by
from shared.serving.on_the_bus import OnTheBus
from shared.serving.shredding import Shredder
from shared.serving.status import backlog
from shared.serving.upkeep import Closed, keep, within
from shared.storage import AuditTrail, Context, SqlUnitOfWork, Transactions
from shared.storage.keyring import Keyring
from shared.storage.keyring_mark import keyring_of
from shared.storage.seals import Seals

log = structlog.get_logger()

U = TypeVar("U", bound=SqlUnitOfWork)

_PATIENCE_SECONDS: Final = 2.0
_LAST_BATCH_SECONDS: Final = 3.0
_LAST_WORDS_SECONDS: Final = 3.0
_LEAVING_SECONDS: Final = 5.0
_CLOSING_SECONDS: Final = 2.0


class RunningService(Generic[U]):
    """All parts of one service process, started and stopped together."""

    def __init__(
        self,
        definition: ServiceDefinition[U],
        settings: ServiceSettings,
        *,
        pace: Pace = USUAL,
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.definition = definition
        self.settings = settings
        self.clock: Clock = (
            SandboxClock(settings.clock_file)
            if settings.sandbox and settings.clock_file is not None
            else SystemClock()
        )
        self.protocols = load_library(settings.protocol_file, settings.protocols_folder)
        self.changes = Changes()
        tls = settings.transport()
        self.database = Database(settings.database(), tls)
        self._background_database = Database(
            settings.database(), tls, lock_seconds=_PATIENCE_SECONDS
        )
        self.watermarks = Watermarks(tuple(s.value for s in Service if s.value != definition.name))
        self.bus = Bus(settings.nats_servers, definition.name, settings.nats_seed_file, tls)
        self.trail = AuditTrail(definition.name, settings.audit_key_file)
        self.keyring = Keyring(definition.name, settings.keyring_folder, settings.sealing_key_file)
        self.seals = Seals(self.keyring)
        self._told = told_by(Service(definition.name), definition.publish)
        self.transactions = self._on(self.database)
        self.background = self._on(self._background_database)
        self.shredder = Shredder(self.keyring, self.background)
        self.asker = Asker(rpc_broker(self.bus))
        self.peers = definition.peers(self.asker)
        self.people = People(self.asker)
        self.standings = Standings(self.asker)
        self.timers: TimerRunner[U] = TimerRunner(
            self.background,
            {**definition.timers, **TIMERS},
            self.clock,
            {kind: self._asks(policy) for kind, policy in definition.asking_timers.items()},
            pace=pace,
        )
        subscriptions = by_type(definition.subscriptions)
        self.lanes: Lanes[U] = Lanes(
            self.background,
            subscriptions,
            ask_again=AskAgainByRpc(self.asker, Service(definition.name)),
            on_parked=definition.on_parked,
            on_step=on_step,
            pace=pace,
        )
        self.consumer: Consumer[U] = Consumer(
            self.background,
            subscriptions,
            on_waiting=self.lanes.wake,
            on_unfolded=self.lanes.fold_again,
            on_step=on_step,
            pace=pace,
        )
        self.on_the_bus = OnTheBus(
            self.bus,
            self.database,
            self.background,
            watermarks=self.watermarks,
            consumer=self.consumer,
            lanes=self.lanes,
            pace=pace,
            on_step=on_step,
        )
        self.checkpoints = Checkpoints(
            self.database,
            self.trail,
            self.bus,
            key_file=settings.audit_signing_key_file,
            folder=settings.audit_folder,
        )
        self.started = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def relay(self) -> Relay | None:
        """The relay, once the bus was joined."""
        return self.on_the_bus.relay

    async def start(self) -> None:
        """Begin; raises when the database is not durable, or the keyring is not the one that opens
        it. The bus is joined in the background."""
        await self.database.assert_durable()
        async with self.database.engine.connect() as connection:
            self.keyring.open(await keyring_of(connection))
        await self.shredder.agree()
        self._begin("shredder", self.shredder.run)
        self._begin("timers", self.timers.run)
        self._begin("questions", self._answer_questions)
        self._begin("bus", self.on_the_bus.run)
        for stage, work in self.definition.own_work.items():
            self._begin(stage, partial(work, self))
        if self.settings.audit_signing_key_file is not None:
            self._begin("checkpoints", self.checkpoints.run)
        self.started = True

    async def stop(self) -> None:
        """Finish what was begun, say what is still to be said, and leave.

        Nothing here can keep the process from ending: what is not finished in time is undone by the
        database and delivered again by the broker, as after a crash.
        """
        self.changes.end()
        await within(_LAST_BATCH_SECONDS, self.on_the_bus.stop_consuming())
        await within(_LAST_WORDS_SECONDS, self._say_the_rest())
        await within(_CLOSING_SECONDS, self.checkpoints.keep())
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LEAVING_SECONDS)
        await within(_CLOSING_SECONDS, self._background_database.close())
        await within(_CLOSING_SECONDS, self.database.close())

    async def settle(self) -> bool:
        """Fire what is due; True when nothing is due, unsaid or waiting any more."""
        fired = await self.timers.fire_due()
        self._ring()
        self.lanes.wake()
        await self.on_the_bus.keep_position()
        unsaid, waiting = await self.backlog()
        return fired == 0 and unsaid == 0 and waiting == 0

    async def backlog(self) -> tuple[int, int]:
        """How many events are not in the stream yet, and how many wait in lanes."""
        async with self.database.engine.connect() as connection:
            return await backlog(connection)

    def _open(self, connection: AsyncConnection, context: Context) -> U:
        outbox = Outbox(
            self.definition.name,
            self._told,
            clinic_id=self.settings.clinic_id,
            protocol_version=self.protocols.current.protocol_version,
        )
        return self.definition.unit_of_work(
            connection,
            context,
            protocols=self.protocols,
            timezone=self.settings.zone,
            events=outbox,
            freshness=self.watermarks,
            seals=self.seals,
        )

    def _asks(
        self, policy: Callable[[Due, Any, Any], Awaitable[None]]
    ) -> Callable[[Due], Awaitable[None]]:
        return lambda due: policy(due, self.transactions.begin, self.peers)

    def _on(self, database: Database) -> Transactions[U]:
        return Transactions(
            database.engine,
            self.clock,
            self._open,
            trail=self.trail,
            on_events=self._ring,
            on_timers=lambda: self.timers.wake(),  # noqa: PLW0108 - it is made later
            on_change=self.changes.tell,
            on_erased=lambda: self.shredder.wake(),  # noqa: PLW0108 - it is made later
        )

    async def _answer_questions(self) -> None:
        """Ask and answer over a connection of its own; raises when it is closed for good."""
        closed = Closed()
        broker = rpc_broker(self.bus, closed.tell)
        own = REPUBLISH[Service(self.definition.name)]
        register_answers(broker, self.background, {**self.definition.answers, own: republish})
        self.asker.use(broker)
        try:
            await broker.start()
            await closed.fail()
        finally:
            await within(_CLOSING_SECONDS, broker.stop())

    async def _say_the_rest(self) -> None:
        while self.relay is not None and (await self.backlog())[0]:
            self._ring()
            await asyncio.sleep(0.05)

    def _ring(self) -> None:
        self.on_the_bus.ring()

    def _begin(self, stage: str, work: Callable[[], Awaitable[Any]]) -> None:
        self._tasks.append(asyncio.create_task(keep(stage, work), name=stage))
