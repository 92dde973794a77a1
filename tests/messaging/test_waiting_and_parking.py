"""A failed event holds up its client and nobody else: back-off, parking, and what people can do."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.decisions import Refused
from shared.messaging import Delivery, Done, Park, Retry, parked
from shared.messaging.lane_store import LaneStore, Waiting
from shared.messaging.pace import Pace
from shared.runtime.ids import new_id
from shared.storage import NotFound
from tests.messaging.conftest import QUICK, Toys, known_of, listener_of, scalar, until
from tests.support import toy

pytestmark = pytest.mark.real

LONG = Pace(back_off=(600.0,), gap=0.3, lanes=0.05, position=0.1)


class Told:
    """A hook that remembers what it was told, and writes something in the same transaction."""

    def __init__(self, *, fails: bool = False) -> None:
        self.parked: list[tuple[int, str]] = []
        self._fails = fails

    async def __call__(self, delivery: Delivery, reason: str, uow: toy.ToyUnitOfWork) -> None:
        self.parked.append((delivery.client_sequence, reason))
        await toy.tell(delivery.client_id, uow)
        if self._fails:
            raise RuntimeError("nobody answers the telephone")


async def held_up(pair: Toys, client: UUID, at: int, *, pace: Pace = QUICK, **parts: Any) -> Any:
    """A teller and a listener, of whom the latter fails on one of five numbers."""
    pair.ear.fails_on.add(at)
    teller = await pair.start_teller()
    listener = await pair.start_listener(pace=pace, **parts)
    await pair.tell(teller, client, 5)
    return teller, listener


async def test_the_followers_wait_and_go_on_in_order(pair: Toys, client: UUID) -> None:
    _, listener = await held_up(pair, client, 2, pace=LONG)
    await until(lambda: waiting(listener, 4))
    assert await toy.heard(listener, client) == (1,)
    pair.ear.fails_on.clear()
    await retry(listener, await first_waiting(listener))
    await until(lambda: pair.everything_heard(listener, client, 5))
    assert (await known_of(listener, client)).numbers == frozenset(range(1, 6))


async def test_a_failure_that_passes_needs_nobody(pair: Toys, client: UUID) -> None:
    _, listener = await held_up(pair, client, 3)
    await until(lambda: tried(pair, 3, 2))
    pair.ear.fails_on.clear()
    await until(lambda: pair.everything_heard(listener, client, 5))
    assert await scalar(listener, "SELECT count(*) FROM inbox") == 5


async def test_nobody_else_waits(pair: Toys, client: UUID) -> None:
    teller, listener = await held_up(pair, client, 4, pace=LONG)
    await until(lambda: waiting(listener, 2))
    others = [new_id() for _ in range(5)]
    pair.ear.fails_on.clear()
    for other in others:
        await pair.tell(teller, other, 3)
    for other in others:
        await until(lambda: pair.everything_heard(listener, other, 3))  # noqa: B023 - awaited here
    assert await toy.heard(listener, client) == (1, 2, 3)


async def test_it_is_parked_after_its_tries_and_people_are_told_once(
    pair: Toys, client: UUID
) -> None:
    hook = Told()
    _, listener = await held_up(pair, client, 2, on_parked=hook)
    await until(lambda: is_parked(listener, 1))
    assert hook.parked == [(2, "RuntimeError")]
    tries = len([n for n in pair.ear.attempts if n == 2])
    assert len(QUICK.back_off) + 1 <= tries
    assert await toy.heard(listener, client) == (1,)
    async with listener.transactions.begin() as uow:
        assert (await uow.tellers.get(client)).told == 1
    (event, *followers) = await everything_parked(listener)
    assert (event.reason, event.attempts) == ("RuntimeError", len(QUICK.back_off) + 1)
    assert [row.client_sequence for row in followers] == [3, 4, 5]


async def test_a_hook_that_fails_leaves_the_event_parked(pair: Toys, client: UUID) -> None:
    hook = Told(fails=True)
    _, listener = await held_up(pair, client, 2, on_parked=hook)
    await until(lambda: is_parked(listener, 1))
    async with listener.transactions.begin() as uow:
        assert await uow.tellers.find(client) is None


async def test_while_one_is_parked_no_producer_s_events_of_the_client_take_effect(
    trio: Toys, client: UUID
) -> None:
    _, listener = await held_up(trio, client, 2)
    await until(lambda: is_parked(listener, 1))
    chimer = await trio.start_chimer()
    await trio.chime(chimer, client, 2)
    await until(lambda: waiting(listener, 5))
    assert (await listener_of(listener, client)).chimes == ()
    trio.ear.fails_on.clear()
    await retry(listener, await first_waiting(listener))
    await until(lambda: trio.everything_heard(listener, client, 5))
    await until(lambda: waiting(listener, 0))
    assert (await listener_of(listener, client)).order == (
        *(f"told {n}" for n in range(1, 6)),
        "chime 1",
        "chime 2",
    )


async def test_what_is_discarded_is_skipped_for_good(pair: Toys, client: UUID) -> None:
    teller, listener = await held_up(pair, client, 2)
    await until(lambda: is_parked(listener, 1))
    (event, *_) = await everything_parked(listener)
    async with listener.transactions.begin() as uow:
        assert await parked.discard(event.event_id, uow) == client
    listener.lanes.wake()
    await until(lambda: heard(listener, client, (1, 3, 4, 5)))
    pair.ear.fails_on.clear()
    await pair.tell(teller, client, 1)
    await until(lambda: heard(listener, client, (1, 3, 4, 5, 6)))


async def test_only_what_is_parked_can_be_discarded(pair: Toys, client: UUID) -> None:
    _, listener = await held_up(pair, client, 2, pace=LONG)
    await until(lambda: waiting(listener, 4))
    event_id = await first_waiting(listener)
    with pytest.raises(Refused):
        await listener.transactions.run(lambda uow: parked.discard(event_id, uow))
    with pytest.raises(NotFound):
        await listener.transactions.run(lambda uow: parked.discard(uuid4(), uow))
    assert await waiting(listener, 4)


async def test_a_handler_says_itself_when_to_try_again_or_that_it_is_no_use(
    pair: Toys, client: UUID
) -> None:
    pair.ear.answers = {2: (Retry(0.05), Done()), 4: (Park("no-such-room"),)}
    teller = await pair.start_teller()
    listener = await pair.start_listener(pace=LONG)
    await pair.tell(teller, client, 5)
    await until(lambda: is_parked(listener, 1))
    assert await toy.heard(listener, client) == (1, 2, 3)
    assert pair.ear.attempts.count(2) > 1
    (event, *_) = await everything_parked(listener)
    assert (event.reason, event.client_sequence) == ("no-such-room", 4)


class Lenient(LaneStore):
    """The guard taken out: what failed holds up nothing that comes after it."""

    async def lane(self, client_id: UUID, most: int) -> tuple[list[Waiting], dict[str, int]]:
        rows = await self._driver.fetch(
            "SELECT event_id, producer, client_sequence FROM lane_events"
            " WHERE client_id = $1 AND parked_at IS NOT NULL",
            client_id,
        )
        for row in rows:
            await self._driver.execute(
                "INSERT INTO lane_cursors (client_id, producer, sequence) VALUES ($1, $2, $3)"
                " ON CONFLICT (client_id, producer) DO UPDATE SET sequence = $3",
                client_id,
                row["producer"],
                row["client_sequence"],
            )
            await self.remove([row["event_id"]])
        return await super().lane(client_id, most)

    async def due(self) -> list[UUID]:
        rows = await self._driver.fetch("SELECT DISTINCT client_id FROM lane_events")
        return [row["client_id"] for row in rows]


async def test_the_check_sees_followers_that_do_not_wait(pair: Toys, client: UUID) -> None:
    """The twin: a lane that skips what is parked by itself."""
    pair.ear.fails_on.add(2)
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    listener.lanes._lanes = Lenient
    await pair.tell(teller, client, 5)
    await until(lambda: heard(listener, client, (1, 3, 4, 5)))
    assert not await is_parked(listener, 1)


async def retry(listener: toy.Service, event_id: UUID) -> None:
    await listener.transactions.run(lambda uow: parked.retry(event_id, uow))
    listener.lanes.wake()


async def first_waiting(listener: toy.Service) -> UUID:
    found: UUID = await scalar(
        listener, "SELECT event_id FROM lane_events ORDER BY stream_sequence LIMIT 1"
    )
    return found


async def everything_parked(listener: toy.Service) -> list[Any]:
    async with listener.database.engine.connect() as connection:
        return await parked.list_parked(connection)


async def waiting(listener: toy.Service, count: int) -> bool:
    return (await listener.backlog())[1] == count


async def is_parked(listener: toy.Service, count: int) -> bool:
    found = await scalar(listener, "SELECT count(*) FROM lane_events WHERE parked_at IS NOT NULL")
    return bool(found == count)


async def heard(listener: toy.Service, client: UUID, numbers: tuple[int, ...]) -> bool:
    return await toy.heard(listener, client) == numbers


async def tried(pair: Toys, number: int, times: int) -> bool:
    return pair.ear.attempts.count(number) >= times
