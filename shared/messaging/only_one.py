"""At most one: a session lock in the database, so that it ends with whoever held it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import structlog

from shared.runtime.database import Database

log = structlog.get_logger()

CONSUMER_LOCK: Final = 0x0CA7E7EB
_POLL_SECONDS: Final = 0.5


async def while_only_one(
    database: Database, lock: int, work: Callable[[], Awaitable[None]]
) -> None:
    """Run ``work`` while this process holds the lock; return when the work has ended by itself.

    A lost connection means a lost lock: the work is cancelled and begun again under a new one.
    """
    while True:
        try:
            connection = await database.connect_alone()
        except (OSError, asyncpg.PostgresError, TimeoutError):
            await asyncio.sleep(_POLL_SECONDS)
            continue
        try:
            await _hold(connection, lock)
            worker = asyncio.ensure_future(work())
            try:
                if await _ended_before_the_lock(worker, connection):
                    return
            finally:
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("lock lost", error=type(error).__name__)
        finally:
            connection.terminate()


async def _hold(connection: asyncpg.Connection, lock: int) -> None:
    """Poll rather than wait in the server: a waiting statement would run into its time limit."""
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock):  # noqa: ASYNC110
        await asyncio.sleep(_POLL_SECONDS)


async def _ended_before_the_lock(
    worker: "asyncio.Future[None]", connection: asyncpg.Connection
) -> bool:
    while not worker.done():
        await asyncio.wait([worker], timeout=_POLL_SECONDS)
        if not worker.done():
            await connection.fetchval("SELECT 1")
    worker.result()
    return True
