"""A listener's database in memory: transactions and client locks, and a point at each wait.

Only what schedules work is replaced here: where the real store would wait for the server, this one
yields to the scheduler, which decides who goes on, or who is cut off there and then. What a
transaction writes is kept as a list of changes and applied at its commit, all or nothing.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType, coroutine
from typing import Any, Protocol, Self
from uuid import UUID

from shared.messaging.delivery import Delivery
from shared.messaging.reading import Arrived, Unreadable
from shared.storage.context import SYSTEM, Context


@coroutine
def point() -> Generator[None, None, None]:
    """Somebody else may go on here, and it may be the end."""
    yield


@dataclass
class LaneRow:
    """A row of ``lane_events``."""

    arrived: Arrived
    received_at: int
    attempts: int = 0
    retry_at: int = 0
    parked: bool = False
    asked_at: int | None = None


class Ledger(Protocol):
    """Whoever checks what takes effect."""

    def took_effect(self, delivery: Delivery) -> None: ...


@dataclass
class Tables:
    """What is committed."""

    ledger: Ledger
    now: int = 0
    cursors: dict[tuple[UUID, str], int] = field(default_factory=dict)
    lanes: dict[UUID, LaneRow] = field(default_factory=dict)
    inbox: set[UUID] = field(default_factory=set)
    folded: set[UUID] = field(default_factory=set)
    unreadable: list[Unreadable] = field(default_factory=list)
    locks: dict[UUID, "MemoryUnitOfWork"] = field(default_factory=dict)


_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryUnitOfWork:
    """One transaction: also what the lanes' store takes for its connection."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.connection = self
        self.context = Context(actor=SYSTEM, now=_NOW, correlation_id=UUID(int=1))
        self.changes: list[Callable[[], object]] = []

    async def __aenter__(self) -> Self:
        await point()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                await point()
                for change in self.changes:
                    change()
        finally:
            for client in [c for c, owner in self.tables.locks.items() if owner is self]:
                del self.tables.locks[client]
        if kind is None:
            await point()

    async def lock_client(self, client_id: UUID) -> None:
        await self.lock_all({client_id})

    async def lock_all(self, clients: set[UUID]) -> None:
        for client in sorted(clients):
            while self.tables.locks.get(client, self) is not self:
                await point()
            self.tables.locks[client] = self

    async def try_lock_all(self, clients: set[UUID]) -> set[UUID]:
        await point()
        free = {c for c in clients if self.tables.locks.get(c, self) is self}
        self.tables.locks |= dict.fromkeys(free, self)
        return free

    async def prefetch(self, _courses: set[UUID]) -> None:
        """Nothing is kept about courses here."""

    def does(self, change: Callable[[], object]) -> None:
        """Change something when this commits."""
        self.changes.append(change)


class MemoryTransactions:
    """Opens transactions on the tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def begin(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self._tables)

    async def run(self, work: Callable[[Any], Any]) -> Any:
        async with self.begin() as uow:
            return await work(uow)
