"""The consumer: events of one client in order, events of many clients in one transaction.

Why nothing is lost: a message is acknowledged after the commit that holds its inbox row, or that
stored it in its lane; before that the broker delivers it again, for ever. Why nothing takes effect
twice: a lane's cursor moves in the transaction of the effect, and what lies behind the cursor is
skipped. Why nothing is reordered: an event takes effect only when it is the next of its producer
for its client and nothing of that client waits; otherwise it is stored behind what does, and
the lanes' worker takes it from there. The order in which the broker delivers after a crash does
not matter: what comes early waits for what was redelivered late.

Of a client who was erased every event is heard, and has no effect: there is no order to keep any
more, and what comes late or again brings nothing back.

Why nobody waits for another client: up to fifty messages share a transaction, and when one of them
fails it is undone, the failed one is put aside into its lane and the others go again without it.
A failure that cannot be pinned on one of them makes each go alone. A client whose lock somebody
holds for long is put aside in the same way. Only a database that is away stops everybody: then
nothing new is taken, and what is held is tried until the database is back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import structlog
from nats.aio.msg import Msg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messaging.applying import HandlerFailed, apply, fold_at_once, outcome_of, reason_of
from shared.messaging.lane_store import LaneStore
from shared.messaging.order import Turn
from shared.messaging.outcomes import Retry
from shared.messaging.pace import USUAL, Pace
from shared.messaging.reading import Arrived, Unreadable, read
from shared.messaging.subscriptions import Subscription
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.failures import is_busy, is_database_away, is_race

log = structlog.get_logger()

BATCH: Final = 50
_PUT_ASIDE: Final = 5
_RACES: Final = 3
_DATABASE_RETRY_SECONDS: Final = 0.25

U = TypeVar("U", bound=SqlUnitOfWork)
Failed = dict[UUID, HandlerFailed]


class Source(Protocol):
    """Where messages come from."""

    async def next_batch(self, most: int) -> Sequence[Msg]:
        """At least one message, at most ``most``; none when there will be no more."""
        ...


class Consumer(Generic[U]):
    """Takes messages from the durable into the database."""

    def __init__(
        self,
        transactions: Transactions[U],
        subscriptions: Mapping[str, Subscription[Any, U]],
        *,
        on_waiting: Callable[[], None],
        on_unfolded: Callable[[], None] = lambda: None,
        on_step: Callable[[str], Awaitable[None]] | None = None,
        pace: Pace = USUAL,
        lanes: Callable[[AsyncConnection], LaneStore] = LaneStore,
    ) -> None:
        self._transactions = transactions
        self._subscriptions = subscriptions
        self._on_waiting = on_waiting
        self._on_unfolded = on_unfolded
        self._on_step = on_step
        self._pace = pace
        self._lanes = lanes

    async def run(self, source: Source) -> None:
        """Take batch after batch, until there will be no more."""
        while batch := await source.next_batch(BATCH):
            await self.take(batch)

    async def take(self, messages: Sequence[Msg]) -> None:
        """Let messages take effect or wait in their lanes, then acknowledge them."""
        arrived = [read(message, self._subscriptions) for message in messages]
        while not await self._commit(arrived):  # noqa: ASYNC110 - nobody tells when it is back
            # The circuit is open: nothing new is taken, and what is held stays ours.
            await asyncio.sleep(_DATABASE_RETRY_SECONDS)
        await self._step("committed")
        for message in messages:
            await message.ack()
        await self._step("acknowledged")

    async def _commit(self, arrived: Sequence[Arrived | Unreadable]) -> bool:
        """Whether everything is in the database now; False when the database is away."""
        try:
            await self._let_in(arrived)
        except Exception as error:
            if not is_database_away(error):
                raise
            log.warning("database away", error=type(error).__name__, count=len(arrived))
            return False
        return True

    async def _let_in(self, messages: Sequence[Arrived | Unreadable]) -> None:
        """All in one transaction, without those that keep it from being one."""
        failed: Failed = {}
        hurried = False
        races = 0
        while len(failed) <= _PUT_ASIDE or len(messages) == 1:
            try:
                await self._together(messages, failed, hurried=hurried)
            except HandlerFailed as failure:
                _note(failure, failed)
            except Exception as error:
                if is_database_away(error):
                    raise
                if is_busy(error) and not hurried:
                    hurried = True
                elif is_race(error) and races < _RACES:
                    races += 1
                elif len(messages) > 1:
                    break
                else:
                    _blame(messages[0], error, failed)
            else:
                return
        for one in messages:
            await self._let_in([one])

    async def _together(
        self, messages: Sequence[Arrived | Unreadable], failed: Failed, *, hurried: bool
    ) -> None:
        arrived = [m for m in messages if isinstance(m, Arrived)]
        applied: list[Arrived] = []
        waiting: list[Arrived] = []
        async with self._transactions.begin() as uow:
            held_up = await self._lock(uow, {a.delivery.client_id for a in arrived}, hurried)
            store = self._lanes(uow.connection)
            lanes = await store.read(a.delivery.client_id for a in arrived)
            lanes.blocked |= held_up
            await uow.prefetch(
                {a.delivery.course_id for a in arrived if a.delivery.course_id is not None}
            )
            for one in arrived:
                delivery = one.delivery
                place = lanes.turn(delivery)
                if place is Turn.PAST:
                    continue
                if delivery.client_id in lanes.erased:
                    lanes.moved(delivery)
                    applied.append(one)
                    continue
                if (
                    place is Turn.EARLY
                    or delivery.client_id in lanes.blocked
                    or delivery.event_id in failed
                ):
                    lanes.blocked.add(delivery.client_id)
                    waiting.append(one)
                    continue
                await apply(one, uow, self._pace.handler)
                await self._step("applied")
                lanes.moved(delivery)
                applied.append(one)
            await store.took_effect([one.delivery for one in applied])
            await store.must_wait(waiting)
            await self._put_aside(store, failed)
            await store.keep_unreadable([m for m in messages if isinstance(m, Unreadable)])
            await self._step("about to commit")
        for one in waiting:
            await self._fold_urgent(one)
        if waiting:
            self._on_waiting()

    async def _lock(self, uow: U, clients: set[UUID], hurried: bool) -> set[UUID]:
        """Lock the clients; returns those that somebody holds, when we do not wait for them."""
        if hurried:
            return clients - await uow.try_lock_all(clients)
        await uow.lock_all(clients)
        return set()

    async def _put_aside(self, store: LaneStore, failed: Failed) -> None:
        """Give what failed its first back-off. What is to be parked is parked by the lanes' worker,
        where people are told."""
        for event_id, failure in failed.items():
            outcome = outcome_of(failure, 1, self._pace.back_off)
            if isinstance(outcome, Retry):
                await store.postpone(event_id, outcome.after_seconds, reason_of(failure))

    async def _fold_urgent(self, arrived: Arrived) -> None:
        """A safety-negative fact takes effect on receipt, whatever is missing before it."""
        if not arrived.urgent:
            return

        async def fold(uow: U) -> None:
            await uow.lock_client(arrived.delivery.client_id)
            if not await self._lanes(uow.connection).is_erased(arrived.delivery.client_id):
                await fold_at_once(arrived, uow, self._pace.handler)

        try:
            await self._transactions.run(fold)
        except Exception as error:
            if is_database_away(error):
                raise
            self._on_unfolded()
            log.exception(
                "urgent fold failed",
                event_id=str(arrived.delivery.event_id),
                event_type=arrived.delivery.type,
            )

    async def _step(self, name: str) -> None:
        if self._on_step is not None:
            await self._on_step(name)


def _note(failure: HandlerFailed, failed: Failed) -> None:
    if failure.arrived is None:
        raise failure
    delivery = failure.arrived.delivery
    failed[delivery.event_id] = failure
    log.warning(
        "event failed",
        event_id=str(delivery.event_id),
        event_type=delivery.type,
        reason=reason_of(failure),
    )


def _blame(message: Arrived | Unreadable, error: Exception, failed: Failed) -> None:
    """A transaction of one event that fails is that event's failure; twice, it is ours."""
    if isinstance(message, Unreadable) or message.delivery.event_id in failed:
        raise error
    _note(HandlerFailed(error, message), failed)
