"""The lanes' worker: what had to wait takes effect when its turn comes.

Within a lane, events go in the order of the stream. A failed event blocks all that came after it,
of every producer, until it succeeds, or is parked and a person retries or discards it. A missing
event blocks only what its producer told after it: the others' events go on, and after thirty
seconds the producer is asked to publish again what is missing. A gap is never parked and never
given up.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from careteam_contracts.envelope import Envelope
from shared.messaging import lane_store
from shared.messaging.applying import apply, outcome_of, reason_of
from shared.messaging.delivery import Delivery
from shared.messaging.lane_store import Waiting
from shared.messaging.outcomes import Park, Retry
from shared.messaging.reading import Arrived
from shared.messaging.subscriptions import Subscription
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.transactions import is_database_away

log = structlog.get_logger()

_TICK_SECONDS: Final = 0.5
_DATABASE_RETRY_SECONDS: Final = 0.5
GAP_OVERDUE_SECONDS: Final = 30.0

U = TypeVar("U", bound=SqlUnitOfWork)
U_contra = TypeVar("U_contra", bound=SqlUnitOfWork, contravariant=True)


class AskAgain(Protocol):
    """Asks a producer to publish again what it told about a client, between two sequences."""

    async def __call__(self, producer: str, client_id: UUID, first: int, last: int) -> None: ...


class OnParked(Protocol[U_contra]):
    """Tells people that an event was parked, in the transaction that parks it."""

    async def __call__(self, delivery: Delivery, reason: str, uow: U_contra) -> None: ...


class Lanes(Generic[U]):
    """Works off what waits, one event in one transaction."""

    def __init__(
        self,
        transactions: Transactions[U],
        subscriptions: Mapping[str, Subscription[Any, U]],
        *,
        ask_again: AskAgain,
        on_parked: OnParked[U] | None = None,
        gap_overdue_seconds: float = GAP_OVERDUE_SECONDS,
    ) -> None:
        self._transactions = transactions
        self._subscriptions = subscriptions
        self._ask_again = ask_again
        self._on_parked = on_parked
        self._gap_overdue_seconds = gap_overdue_seconds
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; nothing that a lane does stops the others."""
        while True:
            self._woken.clear()
            try:
                for client_id in await self._due():
                    await self.advance(client_id)
            except Exception as error:
                if not is_database_away(error):
                    log.exception("lane stopped")
                await asyncio.sleep(_DATABASE_RETRY_SECONDS)
            try:
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def advance(self, client_id: UUID) -> int:
        """Apply everything in a lane whose turn has come; returns how many took effect."""
        count = 0
        while await self._advance_by_one(client_id):
            count += 1
        return count

    async def _due(self) -> list[UUID]:
        async with self._transactions.begin() as uow:
            return await lane_store.due_lanes(uow.connection)

    async def _advance_by_one(self, client_id: UUID) -> bool:
        chosen: Waiting | None = None
        gaps: list[tuple[str, int, int]] = []
        try:
            async with self._transactions.begin() as uow:
                await uow.lock_client(client_id)
                lanes = await lane_store.read_cursors(uow.connection, [client_id])
                waiting = await lane_store.read_waiting(
                    uow.connection, client_id, self._gap_overdue_seconds
                )
                for one in waiting:
                    if one.parked or one.backing_off:
                        break
                    expected = lanes.positions.get((client_id, one.producer), 0) + 1
                    if one.client_sequence > expected:
                        if one.overdue and one.producer not in [gap[0] for gap in gaps]:
                            gaps.append((one.producer, expected, one.client_sequence - 1))
                        continue
                    chosen = one
                    if one.client_sequence == expected:
                        arrived = self._arrived(one)
                        await apply(arrived, uow)
                        await lane_store.took_effect(uow.connection, [arrived])
                    await lane_store.remove(uow.connection, one.event_id)
                    break
                for producer, _, _ in gaps:
                    await lane_store.asked_again(uow.connection, client_id, producer)
        except Exception as error:
            if chosen is None or is_database_away(error):
                raise
            await self._fail(chosen, error)
            return False
        for producer, first, last in gaps:
            log.warning("asking again", producer=producer, count=last - first + 1)
            await self._ask_again(producer, client_id, first, last)
        return chosen is not None

    def _arrived(self, waiting: Waiting) -> Arrived:
        envelope = Envelope.from_headers(waiting.headers)
        return Arrived(
            Delivery(envelope, waiting.stream_sequence),
            waiting.headers,
            waiting.body,
            self._subscriptions.get(envelope.type),
        )

    async def _fail(self, waiting: Waiting, error: Exception) -> None:
        arrived = self._arrived(waiting)
        reason = reason_of(error)
        outcome = outcome_of(error, waiting.attempts + 1)
        log.warning(
            "event failed",
            event_id=str(waiting.event_id),
            event_type=arrived.delivery.type,
            attempts=waiting.attempts + 1,
            outcome=type(outcome).__name__,
            reason=reason,
        )
        async with self._transactions.begin() as uow:
            await uow.lock_client(arrived.delivery.client_id)
            match outcome:
                case Retry(after_seconds):
                    await lane_store.postpone(
                        uow.connection, waiting.event_id, after_seconds, reason
                    )
                case Park(why):
                    await lane_store.park(uow.connection, waiting.event_id, why)
                    if self._on_parked is not None:
                        await self._on_parked(arrived.delivery, why, uow)
