"""Events of one client take effect in their producers' order, whatever the stream's order is."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from random import Random
from uuid import UUID

import pytest

from shared.messaging.delivery import Delivery
from shared.messaging.lane_store import LaneCursors, LaneStore
from shared.messaging.order import Turn, turn
from shared.messaging.testing import Message, duplicated, held_back, publish, reordered, said
from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, listener_of, until
from tests.support import toy
from tests.support.postgres_part import ServiceDatabase

pytestmark = pytest.mark.real


@pytest.fixture
async def writer(pair: Toys) -> AsyncIterator[toy.Service]:
    """A teller without a relay: what it says is published by hand."""
    made = _unstarted(pair, "intake", pair.teller_database)
    yield made
    await made.stop()


def _unstarted(pair: Toys, name: str, database: ServiceDatabase) -> toy.Service:
    return toy.RunningService(toy.definition(name), toy.settings(database, pair.bus))


async def told(pair: Toys, writer: toy.Service, client: UUID, count: int) -> list[Message]:
    await pair.tell(writer, client, count)
    return await _said(pair.teller_database, client)


async def _said(database: ServiceDatabase, client: UUID) -> list[Message]:
    connection = await database.connect()
    try:
        return await said(connection, client)
    finally:
        await connection.close()


@pytest.mark.parametrize("seed", range(3))
async def test_mixed_up_and_doubled_events_take_effect_in_order(
    pair: Toys, writer: toy.Service, seed: int
) -> None:
    random = Random(seed)
    clients = [new_id() for _ in range(4)]
    everything: list[Message] = []
    for client in clients:
        everything += await told(pair, writer, client, 15)
    random.shuffle(everything)
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await publish(intake, [m.once_more() for m in duplicated(everything, random, 0.25)])
    for client in clients:
        await until(partial(pair.everything_heard, listener, client, 15))
    assert (await listener.backlog())[1] == 0


async def test_backwards_is_no_order_either(pair: Toys, writer: toy.Service, client: UUID) -> None:
    messages = await told(pair, writer, client, 30)
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await publish(intake, reversed(messages))
    await until(lambda: pair.everything_heard(listener, client, 30))


async def test_late_events_are_waited_for(pair: Toys, writer: toy.Service, client: UUID) -> None:
    messages = held_back(await told(pair, writer, client, 20), Random(3), 0.2)
    in_time, late = messages[:16], messages[16:]
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        await publish(intake, in_time)
        await until(lambda: _something_waits(listener))
        before = await toy.heard(listener, client)
        assert before == tuple(range(1, len(before) + 1))
        await publish(intake, late)
    await until(lambda: pair.everything_heard(listener, client, 20))


async def test_each_producer_has_an_order_of_its_own(
    trio: Toys, writer: toy.Service, client: UUID
) -> None:
    assert trio.chimer_database is not None
    chimer = _unstarted(trio, "scheduling", trio.chimer_database)
    await trio.chime(chimer, client, 12)
    chimes = await _said(trio.chimer_database, client)
    tellings = await told(trio, writer, client, 12)
    listener = await trio.start_listener()
    random = Random(11)
    async with trio.bus.connected("intake") as intake, trio.bus.connected("scheduling") as chiming:
        for some in range(0, 12, 4):
            await publish(chiming, reordered(chimes, random, 6)[some : some + 4])
            await publish(intake, reordered(tellings, random, 6)[some : some + 4])
        await publish(chiming, chimes)
        await publish(intake, tellings)
    await until(lambda: trio.everything_heard(listener, client, 12))
    await until(lambda: _chimed(listener, client, 12))
    await chimer.stop()


async def test_what_one_producer_lacks_holds_up_no_other(
    trio: Toys, writer: toy.Service, client: UUID
) -> None:
    messages = await told(trio, writer, client, 3)
    chimer = await trio.start_chimer()
    listener = await trio.start_listener()
    async with trio.bus.connected("intake") as intake:
        await publish(intake, [messages[0], messages[2]])
        await until(lambda: _something_waits(listener))
        await trio.chime(chimer, client, 3)
        await until(lambda: _chimed(listener, client, 3))
        assert await toy.heard(listener, client) == (1,)
        await publish(intake, [messages[1]])
    await until(lambda: trio.everything_heard(listener, client, 3))


class Impatient(LaneCursors):
    """The guard taken out: nothing is ever early."""

    def turn(self, delivery: Delivery) -> Turn:
        reached = self.reached.get((delivery.client_id, delivery.producer), 0)
        found = turn(delivery.client_sequence, reached)
        return Turn.NEXT if found is Turn.EARLY else found


class Unordered(LaneStore):
    async def read(self, clients: object) -> LaneCursors:
        found = await super().read(clients)  # type: ignore[arg-type]
        return Impatient(found.reached, found.blocked)


async def test_the_check_sees_an_inversion(pair: Toys, writer: toy.Service, client: UUID) -> None:
    """The twin: without waiting for what is missing, later events overtake the earlier."""
    messages = await told(pair, writer, client, 4)
    listener = await pair.start_listener()
    listener.consumer._lanes = Unordered
    async with pair.bus.connected("intake") as intake:
        await publish(intake, [messages[i] for i in (0, 2, 1, 3)])
    await until(lambda: _heard_last(listener, client, 4))
    assert await toy.heard(listener, client) == (1, 3, 4)


async def _heard_last(listener: toy.Service, client: UUID, number: int) -> bool:
    heard: Sequence[int] = await toy.heard(listener, client)
    return bool(heard) and heard[-1] == number


async def _chimed(listener: toy.Service, client: UUID, count: int) -> bool:
    return (await listener_of(listener, client)).chimes == tuple(range(1, count + 1))


async def _something_waits(listener: toy.Service) -> bool:
    return (await listener.backlog())[1] > 0
