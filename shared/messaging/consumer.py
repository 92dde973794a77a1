"""The consumer: events of one client in order, events of many clients in one transaction.

Why nothing is lost: a message is acknowledged after the commit that holds its inbox row, or that
stored it in its lane; before that the broker delivers it again, for ever. Why nothing takes effect
twice: a lane's cursor moves in the transaction of the effect, and what lies behind the cursor is
skipped. Why nothing is reordered: an event takes effect only when it is the next of its producer
for its client and nothing of that client waits; otherwise it is stored behind what does, and
the lanes' worker takes it from there. The order in which the broker delivers after a crash does
not matter: what comes early waits for what was redelivered late.

Up to fifty messages share a transaction. When one of them fails, the transaction is undone and
each goes alone, so that a bad event costs its own lane only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import structlog
from nats.aio.msg import Msg

from shared.messaging import lane_store
from shared.messaging.applying import apply, fold_at_once, outcome_of, reason_of
from shared.messaging.outcomes import Park
from shared.messaging.pull import PullLoop
from shared.messaging.reading import Arrived, Unreadable, read
from shared.messaging.subscriptions import Subscription
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.transactions import is_database_away

log = structlog.get_logger()

BATCH: Final = 50
_DATABASE_RETRY_SECONDS: Final = 0.25

U = TypeVar("U", bound=SqlUnitOfWork)


class Consumer(Generic[U]):
    """Takes messages from the durable into the database."""

    def __init__(
        self,
        transactions: Transactions[U],
        subscriptions: Mapping[str, Subscription[Any, U]],
        *,
        on_waiting: Callable[[], None],
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._transactions = transactions
        self._subscriptions = subscriptions
        self._on_waiting = on_waiting
        self._on_step = on_step

    async def run(self, pull: PullLoop) -> None:
        """Take batch after batch, until the pull loop is stopped and what it held is done."""
        while batch := await pull.next_batch(BATCH):
            await self.take(batch)

    async def take(self, messages: Sequence[Msg]) -> None:
        """Let messages take effect or wait in their lanes, then acknowledge them."""
        arrived = [read(message, self._subscriptions) for message in messages]
        while not await self._commit(arrived):
            # The circuit is open: nothing new is pulled, and what is held stays ours.
            for message in messages:
                await message.in_progress()
            await asyncio.sleep(_DATABASE_RETRY_SECONDS)
        await self._step("committed")
        for message in messages:
            await message.ack()
        await self._step("acknowledged")

    async def _commit(self, arrived: Sequence[Arrived | Unreadable]) -> bool:
        """Whether everything is in the database now; False when the database is away."""
        try:
            try:
                await self._together(arrived)
            except Exception as error:
                if is_database_away(error):
                    raise
                for one in arrived:
                    await self._alone(one)
        except Exception as error:
            if not is_database_away(error):
                raise
            log.warning("database away", error=type(error).__name__, count=len(arrived))
            return False
        return True

    async def _together(self, messages: Sequence[Arrived | Unreadable]) -> None:
        arrived = [m for m in messages if isinstance(m, Arrived)]
        applied: list[Arrived] = []
        waiting: list[Arrived] = []
        async with self._transactions.begin() as uow:
            await uow.lock_all({a.delivery.client_id for a in arrived})
            lanes = await lane_store.read_cursors(
                uow.connection, (a.delivery.client_id for a in arrived)
            )
            courses = {a.delivery.course_id for a in arrived if a.delivery.course_id is not None}
            for facts in uow.all_facts():
                await facts.prefetch(courses)
            for one in arrived:
                delivery = one.delivery
                expected = lanes.expected(one)
                if delivery.client_sequence < expected:
                    continue
                if delivery.client_sequence > expected or delivery.client_id in lanes.blocked:
                    lanes.blocked.add(delivery.client_id)
                    waiting.append(one)
                    continue
                await apply(one, uow)
                await self._step("applied")
                lanes.positions[delivery.client_id, delivery.producer] = delivery.client_sequence
                applied.append(one)
            await lane_store.took_effect(uow.connection, applied)
            await lane_store.must_wait(uow.connection, waiting)
            await lane_store.keep_unreadable(
                uow.connection, [m for m in messages if isinstance(m, Unreadable)]
            )
            await lane_store.reached(uow.connection, _last_sequence(messages))
            await self._step("about to commit")
        for one in waiting:
            await self._fold_urgent(one)
        if waiting:
            self._on_waiting()

    async def _alone(self, message: Arrived | Unreadable) -> None:
        try:
            await self._together([message])
        except Exception as error:
            if is_database_away(error) or isinstance(message, Unreadable):
                raise
            await self._fail(message, error)

    async def _fail(self, arrived: Arrived, error: Exception) -> None:
        """Store a failed event in its lane, with its first back-off."""
        delivery = arrived.delivery
        log.warning(
            "event failed",
            event_id=str(delivery.event_id),
            event_type=delivery.type,
            error=type(error).__name__,
        )
        async with self._transactions.begin() as uow:
            await uow.lock_client(delivery.client_id)
            await lane_store.must_wait(uow.connection, [arrived])
            outcome = outcome_of(error, attempts=1)
            # What is to be parked is parked by the lanes' worker, where people are told.
            if not isinstance(outcome, Park):
                await lane_store.postpone(
                    uow.connection, delivery.event_id, outcome.after_seconds, reason_of(error)
                )
            await lane_store.reached(uow.connection, delivery.stream_sequence)
        await self._fold_urgent(arrived)
        self._on_waiting()

    async def _fold_urgent(self, arrived: Arrived) -> None:
        """A safety-negative fact takes effect on receipt, whatever is missing before it."""
        if not arrived.urgent:
            return
        try:
            async with self._transactions.begin() as uow:
                await fold_at_once(arrived, uow)
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception(
                "urgent fold failed",
                event_id=str(arrived.delivery.event_id),
                event_type=arrived.delivery.type,
            )

    async def _step(self, name: str) -> None:
        if self._on_step is not None:
            await self._on_step(name)


def _last_sequence(messages: Sequence[Arrived | Unreadable]) -> int:
    return max(
        m.delivery.stream_sequence if isinstance(m, Arrived) else m.stream_sequence
        for m in messages
    )
