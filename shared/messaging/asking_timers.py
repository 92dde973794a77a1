"""Timers whose policy has to ask somebody: a peer, or a channel that carries messages.

Such a policy takes several transactions with the asking in between, so that no client's lock is
held while somebody takes their time. It cannot be lost: its row is only lent, for a while, and
comes due again if nobody reports back. It may run twice (a process that dies after its work), so
the policy looks at the state before it acts, as every handler over several transactions does. The
policy may set the timer anew in its own transaction; a row that it left alone is taken away. A
policy that hangs is ended when the lending ends, so that it keeps no place for good.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from shared.messaging.due import Due
from shared.storage import SqlUnitOfWork, Transactions

U = TypeVar("U", bound=SqlUnitOfWork)

LENT_SECONDS: Final = 30.0
AT_ONCE: Final = 16

_LEND: Final = sa.text(
    "UPDATE timers SET retry_at = clock_timestamp() + make_interval(secs => :seconds)"
    " WHERE kind = :kind AND key = :key AND due_at <= :now"
    " AND (retry_at IS NULL OR retry_at <= clock_timestamp())"
    " RETURNING client_id, due_at, payload, retry_at"
)
_TAKE_BACK: Final = sa.text(
    "DELETE FROM timers WHERE kind = :kind AND key = :key"
    " AND due_at = :due_at AND retry_at = :retry_at"
)


class AskingTimers(Generic[U]):
    """Runs the asking policies beside the others, several at once."""

    def __init__(
        self,
        transactions: Transactions[U],
        policies: Mapping[str, Callable[[Due], Awaitable[None]]],
        on_failure: Callable[[str, UUID, Exception], Awaitable[None]],
    ) -> None:
        self._transactions = transactions
        self._policies = policies
        self._on_failure = on_failure
        self._running: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    def __contains__(self, kind: object) -> bool:
        return kind in self._policies

    def kinds(self) -> list[str]:
        """The kinds of timers that are fired here."""
        return list(self._policies)

    def has_place(self) -> bool:
        """Whether one more can be run at once."""
        return not self._places.locked()

    async def fire(self, kind: str, key: UUID, now: datetime) -> None:
        """Lend the row and run its policy beside the others; wait while no place is free."""
        await self._places.acquire()
        try:
            async with self._transactions.begin() as uow:
                lent = (
                    await uow.connection.execute(
                        _LEND, {"kind": kind, "key": key, "now": now, "seconds": LENT_SECONDS}
                    )
                ).one_or_none()
        except BaseException:
            self._places.release()
            raise
        if lent is None:
            self._places.release()
            return
        due = Due(kind, key, lent.client_id, lent.due_at, lent.payload)
        task = asyncio.create_task(self._run(due, lent.retry_at), name=f"timer {kind}")
        self._running.add(task)
        task.add_done_callback(self._done)

    async def finished(self) -> None:
        """Wait until what runs now has ended."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def cancel(self) -> None:
        """Stop what runs; the rows come due again."""
        for task in self._running:
            task.cancel()
        await self.finished()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._places.release()

    async def _run(self, due: Due, lent_until: datetime) -> None:
        try:
            async with asyncio.timeout(LENT_SECONDS):
                await self._policies[due.kind](due)
            async with self._transactions.begin() as uow:
                await uow.connection.execute(
                    _TAKE_BACK,
                    {
                        "kind": due.kind,
                        "key": due.key,
                        "due_at": due.due_at,
                        "retry_at": lent_until,
                    },
                )
        except Exception as error:  # noqa: BLE001 - whatever fails is postponed and logged there
            await self._on_failure(due.kind, due.key, error)
