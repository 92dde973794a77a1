"""At most one: a session lock in the database, so that it ends with whoever held it.

A session does not end with a process that is only paused, nor with a host that lost its power or
its network. So the holder has to say something every few seconds, or the server ends the session.
A holder that wakes up later works on for a moment beside its successor. That is no harm: what
either does is safe by itself (cursors are read under the client's lock, rows go out with their
ids); the lock is there for order and economy.

Who has no bus is not fit to hold the lock, and gives it back for a replica that may have one.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import structlog

from shared.runtime.database import Database

log = structlog.get_logger()

RELAY_LOCK: Final = 0x0CA7E7EA
CONSUMER_LOCK: Final = 0x0CA7E7EB
POLL_SECONDS: Final = 0.5
IDLE_SECONDS: Final = 10
UNFIT_SECONDS: Final = 5.0
_QUERY_SECONDS: Final = 5.0

DATABASE_LOST: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What the holder of a lock gets to see when its connection is gone (time-outs included).

The last is what the client says when it begins a statement while the server's goodbye arrives.
"""


class Unfit(Exception):  # noqa: N818 - a state, not a fault
    """The holder has been without what it needs for too long."""


class Fitness:
    """Whether a holder has what it needs, or lacked it only for a moment."""

    def __init__(self, fit: Callable[[], bool]) -> None:
        self._fit = fit
        self._since = time.monotonic()

    def check(self) -> bool:
        """Whether it is fit right now; raises :class:`Unfit` when it has not been for long."""
        if self._fit():
            self._since = time.monotonic()
            return True
        if time.monotonic() - self._since > UNFIT_SECONDS:
            raise Unfit
        return False


@asynccontextmanager
async def only_one(
    database: Database, lock: int, fit: Callable[[], bool] = lambda: True
) -> AsyncIterator[asyncpg.Connection]:
    """Wait until nobody else holds the lock; it is held while the context is open.

    Polls rather than waits in the server: a waiting statement would run into its time limit.
    """
    connection = await database.connect_alone()
    try:
        await connection.execute(f"SET idle_session_timeout = '{IDLE_SECONDS}s'")
        while not (
            fit()
            and await connection.fetchval(
                "SELECT pg_try_advisory_lock($1)", lock, timeout=_QUERY_SECONDS
            )
        ):
            await connection.execute("SELECT 1", timeout=_QUERY_SECONDS)
            await asyncio.sleep(POLL_SECONDS)
        yield connection
    finally:
        connection.terminate()


async def while_only_one(
    database: Database,
    lock: int,
    work: Callable[[], Awaitable[None]],
    *,
    fit: Callable[[], bool] = lambda: True,
) -> None:
    """Run ``work`` while this process holds the lock; return when the work has ended by itself.

    A lost connection means a lost lock: the work is cancelled, and begun again under a new one.
    """
    while True:
        try:
            async with only_one(database, lock, fit) as connection:
                worker = asyncio.ensure_future(work())
                try:
                    await _watch(worker, connection, Fitness(fit))
                finally:
                    worker.cancel()
                    await asyncio.gather(worker, return_exceptions=True)
        except (*DATABASE_LOST, Unfit) as error:
            log.warning("lock lost", error=type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)
            continue
        worker.result()
        return


async def _watch(
    worker: "asyncio.Future[None]", connection: asyncpg.Connection, fitness: Fitness
) -> None:
    while not worker.done():
        await asyncio.wait([worker], timeout=POLL_SECONDS)
        if not worker.done():
            fitness.check()
            await connection.execute("SELECT 1", timeout=_QUERY_SECONDS)
