"""The driver under a transaction, for the platform's own statements.

SQLAlchemy needs a quarter of a millisecond of the processor for a statement, asyncpg a tenth of
that. A service's own queries are worth it. The platform's statements are always the same few and
come with every command and event, so they go to asyncpg as they are written. Both speak on the
same connection, within the same transaction, which is begun and ended here.

Errors look as SQLAlchemy would have raised them, so that nobody has to know which way a statement
went.
"""

from collections.abc import Sequence
from typing import Any, Final, NoReturn

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

_ENDED: Final = "COMMIT"


class SwallowedErrorError(RuntimeError):
    """A statement failed, its error was caught, and the work went on: nothing can be committed."""


class Driver:
    """asyncpg's connection within an open transaction."""

    __slots__ = ("_begun", "_raw")

    def __init__(self, raw: asyncpg.Connection) -> None:
        self._raw = raw
        self._begun = False

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """The rows of a statement with ``$1`` and so on for its values."""
        try:
            rows: list[asyncpg.Record] = await self._raw.fetch(statement, *values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._translate(error, statement)
        return rows

    async def execute(self, statement: str, *values: Any) -> int:
        """Run a statement; returns how many rows it touched."""
        try:
            done: str = await self._raw.execute(statement, *values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._translate(error, statement)
        count = done.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of these rows of values, without waiting in between."""
        try:
            await self._raw.executemany(statement, rows)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._translate(error, statement)

    async def begin(self, statement: str = "BEGIN") -> None:
        """Begin; ``statement`` may set up more in the same round trip."""
        self._begun = True
        await self.execute(statement)

    async def commit(self) -> None:
        """Commit, or raise: the server answers a commit after a failed statement by undoing."""
        try:
            done = await self._raw.execute("COMMIT")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._translate(error, "COMMIT")
        if done != _ENDED:
            raise SwallowedErrorError

    async def roll_back(self) -> None:
        """Undo; a connection that cannot be undone is closed, which undoes it as well.

        Work that is given up while it begins leaves a transaction of which the driver has not heard
        yet. It must not lie in the pool with its scope, so it is undone by what was sent.
        """
        try:
            if self._begun:
                await self._raw.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - what is told is why it had to be undone
            self._raw.terminate()
        except BaseException:
            self._raw.terminate()
            raise

    def _translate(self, error: Exception, statement: str) -> NoReturn:
        kind = (
            IntegrityError
            if isinstance(error, asyncpg.IntegrityConstraintViolationError)
            else DBAPIError
        )
        original = RuntimeError(type(error).__name__)
        original.__cause__ = error
        raise kind(
            statement,
            None,
            original,
            hide_parameters=True,
            connection_invalidated=self._raw.is_closed(),
        ) from original


def driver_of(connection: AsyncConnection) -> Driver:
    """The driver of a connection; refused outside a transaction, where locks would not last."""
    raw = raw_driver(connection)
    if not raw.is_in_transaction():
        raise RuntimeError("no transaction is open on this connection")
    return Driver(raw)


def raw_driver(connection: AsyncConnection) -> asyncpg.Connection:
    """asyncpg's own connection."""
    if connection.sync_connection is None:
        raise RuntimeError("the connection is not open")
    return connection.sync_connection.connection.driver_connection
