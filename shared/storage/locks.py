"""One client at a time.

Everything that a service decides about one client happens one after the other: each transaction
takes the client's advisory lock before it reads a row of that client, and holds it to its end.
Locks that are taken together are taken in ascending order of their keys, so two transactions that
each need to lock once cannot wait for each other in a circle. A transaction that comes to a second
client later on can: the server then ends one of the two, and the edge runs that one again.

What works for many clients at once (the consumer, the lanes, the timers) does not wait long for
one of them: somebody's process may have stopped with the lock in its hand.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.driver import driver_of

_LOCK: Final = "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k"
_TRY: Final = "SELECT k, pg_try_advisory_xact_lock(k) AS got FROM unnest($1::bigint[]) AS k"


def lock_key(client_id: UUID) -> int:
    """64 bits of the id; two clients that share a key only wait for each other needlessly."""
    return int.from_bytes(client_id.bytes[-8:], "big", signed=True)


async def lock_clients(connection: AsyncConnection, clients: Iterable[UUID]) -> None:
    """Wait until the transaction holds the locks of these clients."""
    keys = sorted({lock_key(client) for client in clients})
    if keys:
        await driver_of(connection).execute(_LOCK, keys)


async def try_lock_clients(connection: AsyncConnection, clients: Iterable[UUID]) -> set[UUID]:
    """Take the locks that are free now; returns the clients that are locked then."""
    by_key = {client: lock_key(client) for client in clients}
    if not by_key:
        return set()
    found = await driver_of(connection).fetch(_TRY, sorted(set(by_key.values())))
    taken = {row["k"] for row in found if row["got"]}
    return {client for client, key in by_key.items() if key in taken}
