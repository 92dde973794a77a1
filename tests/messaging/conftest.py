"""A teller and a listener on real PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from shared.runtime.ids import new_id
from shared.serving.life import RunningService
from tests.support import toy
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait for a condition; fail when it does not come."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


@dataclass
class Pair:
    """The two toys, which can be stopped and started again on the same data."""

    bus: NatsPart
    teller_database: ServiceDatabase
    listener_database: ServiceDatabase
    ear: toy.Ear = field(default_factory=toy.Ear)
    timers: toy.ToyTimers = field(default_factory=toy.ToyTimers)
    running: list[RunningService[toy.ToyUnitOfWork]] = field(default_factory=list)

    async def start_teller(self) -> RunningService[toy.ToyUnitOfWork]:
        return await self._start(toy.definition("intake", timers=self.timers), self.teller_database)

    async def start_listener(self, **parts: object) -> RunningService[toy.ToyUnitOfWork]:
        return await self._start(
            toy.definition("notifications", ear=self.ear, **parts), self.listener_database
        )

    async def _start(
        self, definition: object, database: ServiceDatabase
    ) -> RunningService[toy.ToyUnitOfWork]:
        service = RunningService(definition, toy.settings(database, self.bus))  # type: ignore[arg-type]
        await service.start()
        self.running.append(service)
        return service

    async def stop_all(self) -> None:
        while self.running:
            await self.running.pop().stop()

    async def tell(self, service: RunningService[toy.ToyUnitOfWork], client: UUID, n: int) -> None:
        async with service.transactions.begin() as uow:
            await toy.tell(client, uow, n)

    async def everything_heard(
        self, listener: RunningService[toy.ToyUnitOfWork], client: UUID, n: int
    ) -> bool:
        return await toy.heard(listener, client) == tuple(range(1, n + 1))


@pytest.fixture
async def pair(bus: NatsPart, fresh_database: FreshDatabase) -> AsyncIterator[Pair]:
    bus.renew_stream()
    teller = fresh_database("intake", migrated=False)
    listener = fresh_database("notifications", migrated=False)
    await toy.make_tables(teller)
    await toy.make_tables(listener)
    both = Pair(bus, teller, listener)
    yield both
    await both.stop_all()


@pytest.fixture
def client() -> UUID:
    return new_id()
