"""The lanes' worker: what had to wait takes effect when its turn comes.

A failed event holds up its client, all producers alike, until it succeeds, or is parked and a
person retries or discards it. A missing event holds up only what its producer told after it: the
others' events go on, and after a while the producer is asked to publish again what is missing. A
gap is never parked and never given up.

Nothing that a lane does stops the others: each is taken by itself, a lane whose client is locked by
somebody is left for the next round, and producers are asked beside the work, one question at a
time, so that one who does not answer costs nobody anything but the asking.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messaging.applying import apply, fold_at_once, outcome_of, reason_of
from shared.messaging.delivery import Delivery
from shared.messaging.gaps import AskAgain, Gaps
from shared.messaging.lane_store import LaneStore, Waiting
from shared.messaging.order import Turn, in_turn
from shared.messaging.outcomes import Park, Retry
from shared.messaging.pace import USUAL, Pace
from shared.messaging.reading import Arrived
from shared.messaging.subscriptions import Subscription
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.failures import is_database_away

log = structlog.get_logger()

TOGETHER: Final = 20
"""How many events of a lane share a transaction, as long as none fails."""
_PER_VISIT: Final = 200
_RETRY_SECONDS: Final = 0.5

U = TypeVar("U", bound=SqlUnitOfWork)
U_contra = TypeVar("U_contra", bound=SqlUnitOfWork, contravariant=True)


class OnParked(Protocol[U_contra]):
    """Tells people that an event was parked, in the transaction that parks it."""

    async def __call__(self, delivery: Delivery, reason: str, uow: U_contra) -> None: ...


class Lanes(Generic[U]):
    """Works off what waits."""

    def __init__(
        self,
        transactions: Transactions[U],
        subscriptions: Mapping[str, Subscription[Any, U]],
        *,
        ask_again: AskAgain,
        on_parked: OnParked[U] | None = None,
        on_step: Callable[[str], Awaitable[None]] | None = None,
        pace: Pace = USUAL,
        lanes: Callable[[AsyncConnection], LaneStore] = LaneStore,
    ) -> None:
        self._transactions = transactions
        self._subscriptions = subscriptions
        self._on_parked = on_parked
        self._on_step = on_step
        self._pace = pace
        self._lanes = lanes
        self._gaps = Gaps(transactions, ask_again, overdue_seconds=pace.gap, lanes=lanes)
        self._urgent = [type_ for type_, s in subscriptions.items() if s.model.urgent and s.fold]
        self._unfolded = True
        self._fold_after = 0.0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits."""
        self._woken.set()

    def fold_again(self) -> None:
        """An urgent event could not be folded on receipt."""
        self._unfolded = True

    async def run(self) -> None:
        """Work until cancelled. What is urgent and waits is folded first: whoever received it may
        have died before that, or may not have known it for urgent."""
        beside = asyncio.create_task(self._gaps.run(), name="gaps")
        try:
            while True:
                self._woken.clear()
                try:
                    await self.work()
                except Exception as error:
                    if not is_database_away(error):
                        log.exception("lanes stopped")
                    await asyncio.sleep(_RETRY_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.lanes):
                        await self._woken.wait()
        finally:
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)

    async def work(self) -> None:
        """One round through everything that can be tried now."""
        if self._unfolded and time.monotonic() >= self._fold_after:
            self._fold_after = time.monotonic() + self._pace.fold
            self._unfolded = not await self._fold_urgent()
        async with self._transactions.begin() as uow:
            due = await self._lanes(uow.connection).due()
        for client_id in due:
            try:
                if await self.advance(client_id) >= _PER_VISIT:
                    self.wake()
            except Exception as error:
                if is_database_away(error):
                    raise
                log.exception("lane failed")

    async def advance(self, client_id: UUID) -> int:
        """Apply what of a lane has its turn, for a while; returns how many events left the lane."""
        count, most = 0, TOGETHER
        while count < _PER_VISIT:
            begun: list[Waiting] = []
            try:
                taken = await self._take(client_id, most, begun)
            except Exception as error:
                if is_database_away(error) or not begun:
                    raise
                if most > 1:
                    most = 1
                    continue
                await self._fail(begun[0], error)
                return count
            if not taken:
                return count
            count += taken
        return count

    async def _take(self, client_id: UUID, most: int, begun: list[Waiting]) -> int:
        """Take up to ``most`` events out of a lane in one transaction."""
        async with self._transactions.begin() as uow:
            if not await uow.try_lock_all({client_id}):
                return 0
            store = self._lanes(uow.connection)
            waiting, reached = await store.lane(client_id, most)
            erased = await store.is_erased(client_id)
            left: list[UUID] = []
            applied: list[Delivery] = []
            for one, place in in_turn(waiting, reached, most):
                if place is Turn.NEXT:
                    begun.append(one)
                    if not erased:
                        await apply(self._arrived(one), uow, self._pace.handler)
                    await self._step("lane applied")
                    applied.append(one.delivery)
                left.append(one.delivery.event_id)
            await store.took_effect(applied)
            await store.remove(left)
        await self._step("lane committed")
        return len(left)

    async def _fold_urgent(self) -> bool:
        """Fold what is urgent and waits; whether all of it could be."""
        after, whole = UUID(int=0), True
        while self._urgent:
            async with self._transactions.begin() as uow:
                found = await self._lanes(uow.connection).urgent(self._urgent, after)
            if not found:
                break
            for one in found:
                whole = await self._folded(self._arrived(one)) and whole
            after = found[-1].delivery.event_id
        return whole

    async def _folded(self, arrived: Arrived) -> bool:
        async def fold(uow: U) -> None:
            await uow.lock_client(arrived.delivery.client_id)
            if not await self._lanes(uow.connection).is_erased(arrived.delivery.client_id):
                await fold_at_once(arrived, uow, self._pace.handler)

        try:
            await self._transactions.run(fold)
        except Exception as error:
            if is_database_away(error):
                raise
            log.warning("urgent fold failed", event_id=str(arrived.delivery.event_id))
            return False
        return True

    def _arrived(self, waiting: Waiting) -> Arrived:
        return Arrived(
            waiting.delivery, waiting.body, self._subscriptions.get(waiting.delivery.type)
        )

    async def _fail(self, waiting: Waiting, error: Exception) -> None:
        delivery, attempts = waiting.delivery, waiting.attempts + 1
        reason = reason_of(error)
        outcome = outcome_of(error, attempts, self._pace.back_off)
        log.warning(
            "event failed",
            event_id=str(delivery.event_id),
            event_type=delivery.type,
            attempts=attempts,
            outcome=type(outcome).__name__,
            reason=reason,
        )
        match outcome:
            case Retry(after_seconds):
                async with self._transactions.begin() as uow:
                    await self._lanes(uow.connection).postpone(
                        delivery.event_id, after_seconds, reason
                    )
            case Park(why):
                await self._park(delivery, why)

    async def _park(self, delivery: Delivery, why: str) -> None:
        """Park, and tell people in the same transaction. When telling fails, the event is parked
        all the same: gates close, and it is listed; a lane that ran on would be worse."""

        async def park(uow: U) -> None:
            if await self._lanes(uow.connection).park(delivery.event_id, why) and self._on_parked:
                await self._on_parked(delivery, why, uow)

        try:
            await self._transactions.run(park)
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("nobody was told of a parked event", event_id=str(delivery.event_id))
            async with self._transactions.begin() as uow:
                await self._lanes(uow.connection).park(delivery.event_id, why)

    async def _step(self, name: str) -> None:
        if self._on_step is not None:
            await self._on_step(name)
