"""Timers that came due: each fires once, in the transaction of what it causes.

A timer's row is deleted in the transaction that acts on it, so it cannot fire twice and cannot be
lost. The client's lock is taken before the row: a command that cancels a timer holds that lock,
so either the cancellation is seen here, or the command sees what the timer did.

Why no timer holds up another: one that fails is put off, at growing intervals and for ever, because
nobody else will announce its deadline. One whose client or row somebody holds is left for a moment.
One that has to ask somebody runs beside the others, and waits for a place when there is none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
import structlog

from shared.messaging.applying import blamed, reason_of
from shared.messaging.asking_timers import AskingTimers
from shared.messaging.due import Due
from shared.messaging.outcomes import Retry, after_failure
from shared.messaging.pace import USUAL, Pace
from shared.runtime.clock import Clock
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.failures import is_busy, is_database_away

log = structlog.get_logger()

U = TypeVar("U", bound=SqlUnitOfWork)

LONGEST_SLEEP_SECONDS: Final = 1.0
"""Another replica may have set a timer, or somebody moved the clinic's clock."""
_BUSY_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 0.5
_LAST_RETRY_SECONDS: Final = 120.0

_DUE: Final = sa.text(
    """
    SELECT kind, key, client_id, attempts FROM timers
    WHERE due_at <= :now AND (retry_at IS NULL OR retry_at <= clock_timestamp())
      AND kind <> ALL(CAST(:later AS text[]))
    ORDER BY due_at, kind, key LIMIT 1 FOR UPDATE SKIP LOCKED
    """
)
_UNTRIED: Final = sa.text("SELECT count(*) FROM timers WHERE due_at <= :now AND attempts = 0")
"""Due, and neither done nor failed: at work somewhere, or put off because a client was locked."""
_NEXT: Final = sa.text("SELECT min(due_at) FROM timers WHERE due_at > :now")
_TAKE: Final = sa.text(
    "DELETE FROM timers WHERE kind = :kind AND key = :key AND due_at <= :now"
    " RETURNING due_at, payload"
)
_ATTEMPTS: Final = sa.text("SELECT attempts FROM timers WHERE kind = :kind AND key = :key")
_POSTPONE: Final = sa.text(
    "UPDATE timers SET attempts = attempts + :failures, reason = :reason,"
    " retry_at = clock_timestamp() + make_interval(secs => :after)"
    " WHERE kind = :kind AND key = :key AND due_at <= :now"
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
        *,
        pace: Pace = USUAL,
    ) -> None:
        self._transactions = transactions
        self._policies = policies
        self._asking = AskingTimers(transactions, asking or {}, self._failed)
        self._clock = clock
        self._pace = pace
        self._woken = asyncio.Event()
        self._firing = asyncio.Lock()

    def wake(self) -> None:
        """A timer was set, or the clinic's clock was moved."""
        self._woken.set()

    async def run(self) -> None:
        """Fire until cancelled."""
        try:
            while True:
                self._woken.clear()
                seconds = _RETRY_SECONDS
                try:
                    await self._fire_all()
                    seconds = await self._until_next()
                except Exception as error:
                    if not is_database_away(error):
                        log.exception("timer runner stopped")
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._woken.wait()
        finally:
            await self._asking.cancel()

    async def fire_due(self) -> int:
        """Fire everything that is due now, to its end; returns how many fired or could not yet be
        tried. What another round has begun is waited for too: its row is taken, and would look
        like nothing due."""
        count = await self._fire_all()
        await self._asking.finished()
        async with self._transactions.begin() as uow:
            untried = await uow.connection.scalar(_UNTRIED, {"now": self._clock.now()})
        return count + int(untried or 0)

    async def _until_next(self) -> float:
        now = self._clock.now()
        async with self._transactions.begin() as uow:
            due_at: datetime | None = await uow.connection.scalar(_NEXT, {"now": now})
        if due_at is None:
            return LONGEST_SLEEP_SECONDS
        ahead = (due_at - now) / timedelta(seconds=1)
        return min(max(ahead, 0.001), LONGEST_SLEEP_SECONDS)

    async def _fire_all(self) -> int:
        count = 0
        async with self._firing:
            while (fired := await self._fire_next()) is not None:
                count += fired
        return count

    async def _fire_next(self) -> bool | None:
        """Whether the earliest fired, or was put off; None when nothing is due."""
        now = self._clock.now()
        later = [] if self._asking.has_place() else self._asking.kinds()
        async with self._transactions.begin() as uow:
            row = (await uow.connection.execute(_DUE, {"now": now, "later": later})).one_or_none()
        if row is None:
            return None
        if row.kind in self._asking:
            await self._asking.fire(row.kind, row.key, now)
            return True
        try:
            return await self._transactions.run(lambda uow: self._fire(row, now, uow))
        except Exception as error:
            if is_database_away(error):
                raise
            await self._put_off(row.kind, row.key, row.attempts, error, now)
        return False

    async def _fire(self, row: Any, now: datetime, uow: U) -> bool:
        await uow.lock_client(row.client_id)
        taken = (
            await uow.connection.execute(_TAKE, {"kind": row.kind, "key": row.key, "now": now})
        ).one_or_none()
        if taken is None:
            return False
        due = Due(row.kind, row.key, row.client_id, taken.due_at, taken.payload)
        await blamed(self._policies[row.kind](due, uow), self._pace.handler)
        return True

    async def _failed(self, kind: str, key: UUID, error: Exception) -> None:
        """An asking timer failed; where the database is away, its row comes due again anyway."""
        try:
            async with self._transactions.begin() as uow:
                attempts = await uow.connection.scalar(_ATTEMPTS, {"kind": kind, "key": key})
            if attempts is not None:
                await self._put_off(kind, key, attempts, error, self._clock.now())
        except Exception as away:
            if not is_database_away(away):
                log.exception("timer not postponed", kind=kind)

    async def _put_off(
        self, kind: str, key: UUID, attempts: int, error: Exception, now: datetime
    ) -> None:
        reason, failures = reason_of(error), 1
        following = after_failure(attempts + 1, reason, self._pace.back_off)
        after = following.after_seconds if isinstance(following, Retry) else _LAST_RETRY_SECONDS
        if is_busy(error):
            failures, after = 0, _BUSY_SECONDS
        log.warning("timer put off", kind=kind, attempts=attempts + failures, reason=reason)
        async with self._transactions.begin() as uow:
            await uow.connection.execute(
                _POSTPONE,
                {
                    "kind": kind,
                    "key": key,
                    "failures": failures,
                    "after": after,
                    "reason": reason,
                    "now": now,
                },
            )
