"""A teller, a chimer and a listener on real PostgreSQL and NATS."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import pytest
import sqlalchemy as sa

from cli.bus.names import STREAM
from shared.messaging.pace import Pace
from shared.runtime.ids import new_id
from shared.serving.definition import ServiceDefinition
from tests.support import toy
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import PostgresPart, ServiceDatabase
from tests.support.waiting import eventually

QUICK: Final = Pace(
    back_off=(0.05, 0.1, 0.1), gap=0.3, lanes=0.05, fold=0.1, position=0.1, handler=2.0
)
Step = Callable[[str], Awaitable[None]]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait for a condition; fail when it does not come."""
    await eventually(condition, seconds=seconds)


@dataclass
class Toys:
    """The toys, which can be stopped and started again on the same data."""

    bus: NatsPart
    teller_database: ServiceDatabase
    listener_database: ServiceDatabase
    chimer_database: ServiceDatabase | None = None
    ear: toy.Ear = field(default_factory=toy.Ear)
    timers: toy.ToyTimers = field(default_factory=toy.ToyTimers)
    running: list[toy.Service] = field(default_factory=list)

    async def start_teller(self, **parts: Any) -> toy.Service:
        definition = toy.definition("intake", timers=self.timers)
        return await self.start(definition, self.teller_database, **parts)

    async def start_chimer(self, **parts: Any) -> toy.Service:
        assert self.chimer_database is not None
        return await self.start(toy.definition("scheduling"), self.chimer_database, **parts)

    async def start_listener(self, *, on_parked: Any = None, **parts: Any) -> toy.Service:
        definition = replace(toy.definition("notifications", ear=self.ear), on_parked=on_parked)
        return await self.start(definition, self.listener_database, **parts)

    async def start(
        self,
        definition: ServiceDefinition[toy.ToyUnitOfWork],
        database: ServiceDatabase,
        *,
        pace: Pace = QUICK,
        on_step: Step | None = None,
    ) -> toy.Service:
        service: toy.Service = toy.RunningService(
            definition, toy.settings(database, self.bus), pace=pace, on_step=on_step
        )
        await service.start()
        self.running.append(service)
        return service

    async def stop(self, service: toy.Service) -> None:
        self.running.remove(service)
        await service.stop()

    async def stop_all(self) -> None:
        while self.running:
            await self.running.pop().stop()

    async def tell(self, service: toy.Service, client: UUID, count: int = 1) -> None:
        await service.transactions.run(lambda uow: toy.tell(client, uow, count))

    async def chime(self, service: toy.Service, client: UUID, count: int = 1) -> None:
        await service.transactions.run(lambda uow: toy.chime(client, uow, count))

    async def alarm(self, service: toy.Service, client: UUID, consent: UUID) -> None:
        await service.transactions.run(lambda uow: toy.alarm(client, consent, uow))

    async def everything_heard(self, listener: toy.Service, client: UUID, count: int) -> bool:
        return await toy.heard(listener, client) == tuple(range(1, count + 1))


Pair = Toys


@pytest.fixture
async def pair(bus: NatsPart, fresh_database: FreshDatabase) -> AsyncIterator[Toys]:
    """A teller and a listener, not started yet, with an empty stream."""
    bus.renew_stream()
    toys = Toys(
        bus, await tables(fresh_database, "intake"), await tables(fresh_database, "notifications")
    )
    yield toys
    await toys.stop_all()


@pytest.fixture
async def trio(pair: Toys, fresh_database: FreshDatabase) -> Toys:
    """As ``pair``, with a chimer."""
    pair.chimer_database = await tables(fresh_database, "scheduling")
    return pair


@pytest.fixture
def client() -> UUID:
    return new_id()


async def tables(make: FreshDatabase | PostgresPart, service: str) -> ServiceDatabase:
    """A new database with the toys' schema."""
    create = make.create if isinstance(make, PostgresPart) else make
    database: ServiceDatabase = create(service, migrated=False)
    await toy.make_tables(database)
    return database


async def scalar(service: toy.Service, question: str, **values: Any) -> Any:
    """Ask a service's database."""
    async with service.database.engine.connect() as connection:
        return (await connection.execute(sa.text(question), values)).scalar()


async def listener_of(service: toy.Service, client: UUID) -> toy.Listener:
    """What the listener wrote down about a client."""
    async with service.transactions.begin() as uow:
        return await uow.listeners.find(client) or toy.Listener(
            id=client, client_id=client, course_id=client
        )


async def known_of(service: toy.Service, client: UUID) -> toy.Known:
    """What the listener knows of a client."""
    async with service.transactions.begin() as uow:
        return await uow.known.find(client) or toy.Known(client, client)


async def crashed(service: toy.Service) -> bool:
    """Whether what a service does on the bus was cut off for good."""
    return any(task.get_name() == "bus" and task.done() for task in service._tasks)


async def quiet(*services: toy.Service) -> bool:
    """Whether these services have nothing unsaid and nothing waiting."""
    for service in services:
        with suppress(OSError):
            if await service.backlog() != (0, 0):
                return False
    return True


async def redeliver_after(bus: NatsPart, seconds: float, *services: str) -> None:
    """Let the broker deliver again sooner than a clinic's does, until the stream is renewed."""
    async with bus.connected("bus") as hub:
        stream = hub.jetstream()
        for service in services:
            found = (await stream.consumer_info(STREAM, service)).config
            await stream.add_consumer(STREAM, replace(found, ack_wait=seconds))
