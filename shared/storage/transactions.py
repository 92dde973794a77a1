"""The edge: opens a unit of work, commits it once, and tries again what a race undid."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Generic, Protocol, TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.runtime.clock import Clock
from shared.runtime.ids import new_id
from shared.storage.context import SYSTEM, Actor, Context
from shared.storage.errors import StaleVersion
from shared.storage.unit_of_work import SqlUnitOfWork

U = TypeVar("U", bound=SqlUnitOfWork)
U_co = TypeVar("U_co", bound=SqlUnitOfWork, covariant=True)
T = TypeVar("T")

ATTEMPTS: Final = 5
_RACES: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class OpenUnitOfWork(Protocol[U_co]):
    """Makes the service's unit of work on an open transaction."""

    def __call__(self, connection: AsyncConnection, context: Context) -> U_co: ...


class Transactions(Generic[U]):
    """Opens transactions of one service."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        open_unit_of_work: OpenUnitOfWork[U],
        *,
        on_events: Callable[[], None],
        on_timers: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._open = open_unit_of_work
        self._on_events = on_events
        self._on_timers = on_timers

    def context(self, actor: Actor = SYSTEM) -> Context:
        """A new context of its own cause, at the clinic's present time."""
        return Context(actor=actor, now=self._clock.now(), correlation_id=new_id())

    @asynccontextmanager
    async def begin(
        self,
        context: Context | None = None,
        on_conclusion: Callable[[SqlUnitOfWork, Any], Awaitable[None]] | None = None,
    ) -> AsyncIterator[U]:
        """One transaction: committed at the end of the block, undone when the block raises."""
        async with self._engine.connect() as connection, connection.begin():
            uow = self._open(connection, context or self.context())
            uow.on_conclusion = on_conclusion
            yield uow
            staged = await uow.flush()
        if staged:
            self._on_events()
        if uow.timers.touched:
            self._on_timers()

    async def run(self, work: Callable[[U], Awaitable[T]], context: Context | None = None) -> T:
        """Run ``work`` in one transaction, again when a race with another undid it.

        ``work`` must have no effect outside its transaction.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.begin(context) as uow:
                    return await work(uow)
            except (DBAPIError, StaleVersion) as error:
                if attempt == ATTEMPTS or not is_race(error):
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")


def is_race(error: BaseException) -> bool:
    """Whether trying the same transaction again may succeed."""
    return isinstance(error, StaleVersion) or isinstance(driver_error(error), _RACES)


def driver_error(error: BaseException) -> BaseException | None:
    """The asyncpg error behind SQLAlchemy's wrapping, or None."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    return error.orig.__cause__


def is_database_away(error: BaseException) -> bool:
    """Whether the database, not the work, is what failed."""
    if isinstance(error, ConnectionError | TimeoutError | asyncpg.InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return isinstance(error, asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError)
    cause = driver_error(error)
    return error.connection_invalidated or isinstance(
        cause,
        ConnectionError
        | TimeoutError
        | asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.InterfaceError
        | asyncpg.TooManyConnectionsError
        | asyncpg.QueryCanceledError,
    )
