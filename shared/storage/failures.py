"""What a failed transaction means: a race, a database that is away, or the work itself.

The difference decides what happens to others. A database that is away stops everybody, and costs
nobody anything: whatever was begun is tried again until it comes back. A failure of the work costs
its own client only. So nothing may count as "away" that a single event could bring about by what
is in it: not a value that the driver refuses to encode, not a statement that runs into its time
limit, and not a time-out or a refused connection of somebody else that a handler talked to (the
messaging room wraps what handlers raise before it asks here).
"""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.storage.errors import StaleVersion

_RACES: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    # The driver lost its place because the server went away in the middle of an answer.
    asyncpg.InternalClientError,
)


def driver_error(error: BaseException) -> BaseException | None:
    """The asyncpg error behind SQLAlchemy's wrapping, or None."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    return error.orig.__cause__


def is_race(error: BaseException) -> bool:
    """Whether trying the same transaction again may succeed."""
    return isinstance(error, StaleVersion) or isinstance(driver_error(error), _RACES)


def is_busy(error: BaseException) -> bool:
    """Whether a lock was not given within the connection's patience."""
    return isinstance(driver_error(error), asyncpg.LockNotAvailableError)


def is_database_away(error: BaseException) -> bool:
    """Whether the database, not the work, is what failed."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(driver_error(error), _AWAY)
    if isinstance(error, asyncpg.InterfaceError):
        # Its subclasses are about values that cannot be encoded: those are the work's.
        return type(error) is asyncpg.InterfaceError
    return isinstance(error, (OSError, PoolTimeoutError, *_AWAY))


def is_unavailable(error: BaseException) -> bool:
    """Whether the same request may well succeed a little later: what people are told to do."""
    return (
        is_database_away(error)
        or is_busy(error)
        or isinstance(driver_error(error), asyncpg.QueryCanceledError)
    )
