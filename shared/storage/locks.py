"""One client at a time.

Everything that a service decides about one client happens one after the other: each transaction
takes the client's advisory lock before it reads a row of that client, and holds it to its end.
Clients are locked in ascending order of their keys, and always before any row, so transactions
cannot wait for each other in a circle.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = text("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k")


def lock_key(client_id: UUID) -> int:
    """64 bits of the id; two clients that share a key only wait for each other needlessly."""
    return int.from_bytes(client_id.bytes[-8:], "big", signed=True)


async def lock_clients(connection: AsyncConnection, clients: Iterable[UUID]) -> None:
    """Wait until the transaction holds the locks of these clients."""
    keys = sorted({lock_key(client) for client in clients})
    if keys:
        await connection.execute(_LOCK, {"keys": keys})
