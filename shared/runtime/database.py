"""Connections to the service's own PostgreSQL database."""

import ssl
from typing import Any

import asyncpg
from sqlalchemy import URL, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


class UnsafeDatabaseError(RuntimeError):
    """The server would lose what it has acknowledged."""


class Database:
    """The pool for transactions, and single connections for what holds a session lock."""

    def __init__(
        self,
        url: URL,
        tls: ssl.SSLContext | None = None,
        *,
        pool_size: int = 8,
        lock_seconds: float | None = None,
    ) -> None:
        """``lock_seconds``: how long a statement waits for a lock before it fails."""
        patience = {} if lock_seconds is None else {"lock_timeout": f"{lock_seconds * 1000:.0f}"}
        self._url = url
        self._tls = tls
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            hide_parameters=True,
            connect_args={
                "timeout": 5,
                "ssl": tls,
                "server_settings": {
                    "application_name": "careteam",
                    "statement_timeout": "15000",
                    "idle_in_transaction_session_timeout": "15000",
                    "synchronous_commit": "on",
                    **patience,
                },
            },
        )

        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

    async def assert_durable(self) -> None:
        """Refuse a server that acknowledges before the disk does (reliability, finding 1)."""
        async with self.engine.connect() as connection:
            await assert_durable(connection)

    async def connect_alone(self) -> asyncpg.Connection:
        """A connection outside the pool, for session advisory locks and the relay's hot path."""
        url = self._url
        query = {key: value for key, value in url.query.items() if isinstance(value, str)}
        connection: asyncpg.Connection = await asyncpg.connect(
            host=query.get("host", url.host),
            port=int(query.get("port", url.port or 5432)),
            user=url.username,
            password=url.password,
            database=url.database,
            timeout=5,
            ssl=self._tls,
            server_settings={"application_name": "careteam-alone"},
        )
        return connection

    async def close(self) -> None:
        await self.engine.dispose()


async def assert_durable(connection: AsyncConnection) -> None:
    """Raise :class:`UnsafeDatabaseError` unless fsync and full_page_writes are on."""
    for setting in ("fsync", "full_page_writes"):
        value = (await connection.execute(text(f"SHOW {setting}"))).scalar_one()
        if value != "on":
            raise UnsafeDatabaseError(f"PostgreSQL runs with {setting}={value}: set it to on")


def _refuse_closed(adapted: Any, _record: Any, _pooled: Any) -> None:
    """A connection that broke while it lay in the pool is made anew before anybody gets it."""
    if adapted.driver_connection.is_closed():
        raise DisconnectionError
