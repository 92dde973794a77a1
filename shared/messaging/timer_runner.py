"""Timers that came due: each fires once, in the transaction of what it causes.

A timer's row is deleted in the transaction that acts on it, so it cannot fire twice and cannot be
lost. The client's lock is taken before the row: a command that cancels a timer holds that lock,
so either the cancellation is seen here, or the command sees what the timer did.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
import structlog

from shared.messaging.asking_timers import AskingTimers
from shared.messaging.due import Due
from shared.messaging.outcomes import Retry, after_failure
from shared.runtime.clock import Clock
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.transactions import is_database_away

log = structlog.get_logger()

U = TypeVar("U", bound=SqlUnitOfWork)

TICK_SECONDS: Final = 0.25
_LAST_RETRY_SECONDS: Final = 120.0

_DUE: Final = sa.text(
    """
    SELECT kind, key, client_id, due_at, attempts FROM timers
    WHERE due_at <= :now AND (retry_at IS NULL OR retry_at <= clock_timestamp())
    ORDER BY due_at, kind, key LIMIT 1
    """
)
_TAKE: Final = sa.text(
    "DELETE FROM timers WHERE kind = :kind AND key = :key AND due_at <= :now"
    " RETURNING due_at, payload"
)
_ATTEMPTS: Final = sa.text("SELECT attempts FROM timers WHERE kind = :kind AND key = :key")
_POSTPONE: Final = sa.text(
    "UPDATE timers SET attempts = attempts + 1, reason = :reason,"
    " retry_at = clock_timestamp() + make_interval(secs => :after)"
    " WHERE kind = :kind AND key = :key"
)


TimerPolicy: TypeAlias = Callable[[Any, Any], Awaitable[None]]
"""``async def when_…(due: Due, uow) -> None``"""


class TimerRunner(Generic[U]):
    """Fires due timers, the earliest first."""

    def __init__(
        self,
        transactions: Transactions[U],
        policies: Mapping[str, Callable[[Due, U], Awaitable[None]]],
        clock: Clock,
        asking: Mapping[str, Callable[[Due], Awaitable[None]]] | None = None,
    ) -> None:
        self._transactions = transactions
        self._policies = policies
        self._asking = AskingTimers(transactions, asking or {}, self._failed)
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A timer was set, or the clinic's clock was moved."""
        self._woken.set()

    async def run(self) -> None:
        """Fire until cancelled."""
        try:
            await self._run()
        finally:
            await self._asking.cancel()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._fire_all()
            except Exception as error:
                if not is_database_away(error):
                    log.exception("timer runner stopped")
                await asyncio.sleep(TICK_SECONDS)
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def fire_due(self) -> int:
        """Fire everything that is due now, to its end; returns how many fired."""
        count = await self._fire_all()
        await self._asking.finished()
        return count

    async def _fire_all(self) -> int:
        count = 0
        while await self._fire_next():
            count += 1
        return count

    async def _fire_next(self) -> bool:
        now = self._clock.now()
        async with self._transactions.begin() as uow:
            row = (await uow.connection.execute(_DUE, {"now": now})).one_or_none()
        if row is None:
            return False
        if row.kind in self._asking:
            await self._asking.fire(row.kind, row.key, now)
            return True
        try:
            async with self._transactions.begin() as uow:
                await uow.lock_client(row.client_id)
                taken = (
                    await uow.connection.execute(
                        _TAKE, {"kind": row.kind, "key": row.key, "now": now}
                    )
                ).one_or_none()
                if taken is not None:
                    due = Due(row.kind, row.key, row.client_id, taken.due_at, taken.payload)
                    await self._policies[row.kind](due, uow)
        except Exception as error:
            if is_database_away(error):
                raise
            await self._postpone(row.kind, row.key, row.attempts + 1, error)
        return True

    async def _failed(self, kind: str, key: UUID, error: Exception) -> None:
        """An asking timer failed; where the database is away, its row comes due again anyway."""
        try:
            async with self._transactions.begin() as uow:
                attempts = await uow.connection.scalar(_ATTEMPTS, {"kind": kind, "key": key})
            if attempts is not None:
                await self._postpone(kind, key, attempts + 1, error)
        except Exception as away:
            if not is_database_away(away):
                log.exception("timer not postponed", kind=kind)

    async def _postpone(self, kind: str, key: UUID, attempts: int, error: Exception) -> None:
        """A timer that fails is tried again for ever: nobody else will announce the deadline."""
        reason = type(error).__name__
        following = after_failure(attempts, reason)
        after = following.after_seconds if isinstance(following, Retry) else _LAST_RETRY_SECONDS
        log.error("timer failed", kind=kind, attempts=attempts, reason=reason)
        async with self._transactions.begin() as uow:
            await uow.connection.execute(
                _POSTPONE, {"kind": kind, "key": key, "after": after, "reason": reason}
            )
