"""Traffic with a ledger: what was acknowledged to whoever told it, and what is not known."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID

from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, until
from tests.support import toy


class Traffic:
    """Tells numbers of some clients, again and again, until its context ends."""

    def __init__(self, toys: Toys, teller: toy.Service, clients: int, pause: float) -> None:
        self.clients = [new_id() for _ in range(clients)]
        self.told: Counter[UUID] = Counter()
        self.unknown: Counter[UUID] = Counter()
        self.last_told_at = 0.0
        self._toys = toys
        self._teller = teller
        self._pause = pause

    @property
    def acknowledged(self) -> int:
        """How many commands were acknowledged."""
        return self.told.total()

    async def run(self) -> None:
        """Tell for ever."""
        while True:
            for client in self.clients:
                try:
                    await self._toys.tell(self._teller, client)
                except Exception:  # noqa: BLE001 - what became of it is not known to who told it
                    self.unknown[client] += 1
                else:
                    self.told[client] += 1
                    self.last_told_at = time.monotonic()
                await asyncio.sleep(self._pause)

    async def more(self, count: int, seconds: float = 30) -> None:
        """Wait until so many more commands were acknowledged."""
        goal = self.acknowledged + count

        async def enough() -> bool:
            return self.acknowledged >= goal

        await until(enough, seconds)

    async def assert_everything_is_heard_once(self, listener: toy.Service) -> None:
        """What was acknowledged is not lost, nothing is doubled, each client's order is kept."""
        for client in self.clients:
            async with self._teller.transactions.begin() as uow:
                kept = (await uow.tellers.get(client)).told
            assert self.told[client] <= kept <= self.told[client] + self.unknown[client]
            await until(partial(self._toys.everything_heard, listener, client, kept), 60)


@asynccontextmanager
async def traffic(
    toys: Toys, teller: toy.Service, *, clients: int = 5, pause: float = 0.005
) -> AsyncIterator[Traffic]:
    """Traffic while the context is open."""
    told = Traffic(toys, teller, clients, pause)
    task = asyncio.create_task(told.run())
    try:
        yield told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
