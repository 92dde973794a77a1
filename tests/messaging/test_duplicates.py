"""No effect twice: not of a message that comes again, however it does."""

from collections.abc import AsyncIterator
from functools import partial
from random import Random
from uuid import UUID

import pytest

from shared.messaging.delivery import Delivery
from shared.messaging.lane_store import LaneCursors, LaneStore
from shared.messaging.order import Turn
from shared.messaging.testing import Message, crash_after, duplicated, publish, said
from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, crashed, redeliver_after, scalar, until
from tests.support import toy

pytestmark = pytest.mark.real


@pytest.fixture
async def written(pair: Toys, client: UUID) -> AsyncIterator[list[Message]]:
    """Ten events of a client, in the outbox and nowhere else."""
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    await pair.tell(writer, client, 10)
    connection = await pair.teller_database.connect()
    yield await said(connection, client)
    await connection.close()
    await writer.stop()


async def effects(listener: toy.Service, client: UUID) -> int:
    """How many events the listener's policy put into its outbox about a client."""
    return int(await scalar(listener, "SELECT count(*) FROM outbox WHERE client_id = :c", c=client))


async def test_what_is_published_again_at_once_is_stored_once(
    pair: Toys, client: UUID, written: list[Message]
) -> None:
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        assert not any(await publish(intake, written))
        assert all(await publish(intake, written))
    await until(lambda: pair.everything_heard(listener, client, 10))
    assert await effects(listener, client) == 10


async def test_what_the_stream_stores_twice_takes_effect_once(
    pair: Toys, client: UUID, written: list[Message]
) -> None:
    """As after the duplicate window, or as a relay does that was asked to publish again."""
    listener = await pair.start_listener()
    again = [message.once_more() for message in written]
    disturbed = duplicated(written, Random(7), 0.5)
    async with pair.bus.connected("intake") as intake:
        await publish(intake, [m.once_more() for m in disturbed])
        await publish(intake, again)
        await until(lambda: _all_acknowledged(pair, len(disturbed) + len(again)))
    assert await pair.everything_heard(listener, client, 10)
    assert await effects(listener, client) == 10
    assert (await listener.backlog())[1] == 0


async def test_what_waits_and_comes_again_waits_once(
    pair: Toys, client: UUID, written: list[Message]
) -> None:
    listener = await pair.start_listener()
    async with pair.bus.connected("intake") as intake:
        for _ in range(3):
            await publish(intake, [m.once_more() for m in written[5:]])
        await until(lambda: _waiting(listener, 5))
        await publish(intake, written[:5])
        await until(lambda: pair.everything_heard(listener, client, 10))
    assert await effects(listener, client) == 10


async def test_what_was_committed_and_not_acknowledged_takes_effect_once(pair: Toys) -> None:
    clients = [new_id() for _ in range(5)]
    await redeliver_after(pair.bus, 0.5, "notifications")
    teller = await pair.start_teller()
    cut_off = await pair.start_listener(on_step=crash_after("committed"))
    for client in clients:
        await pair.tell(teller, client, 4)
    await until(lambda: crashed(cut_off))
    listener = await pair.start_listener()
    for client in clients:
        await pair.tell(teller, client, 1)
    for client in clients:
        await until(partial(pair.everything_heard, listener, client, 5))
        assert await effects(listener, client) == 5


class AlwaysNext(LaneCursors):
    """The guard taken out: nothing is ever seen as past."""

    def turn(self, delivery: Delivery) -> Turn:
        return Turn.NEXT


class Forgetful(LaneStore):
    """A store without cursors; the inbox still refuses an id that it has."""

    async def read(self, clients: object) -> LaneCursors:
        return AlwaysNext({}, set())


class Careless(Forgetful):
    """A store with neither cursors nor an inbox."""

    async def took_effect(self, applied: object) -> None:
        return None


async def test_without_cursors_the_inbox_still_refuses(
    pair: Toys, client: UUID, written: list[Message]
) -> None:
    listener = await pair.start_listener()
    listener.consumer._lanes = Forgetful
    async with pair.bus.connected("intake") as intake:
        await publish(intake, written)
        await until(lambda: pair.everything_heard(listener, client, 10))
        await publish(intake, [written[0].once_more()])
        await until(lambda: _waiting(listener, 1))
    assert await effects(listener, client) == 10


async def test_the_check_sees_a_doubled_effect(
    pair: Toys, client: UUID, written: list[Message]
) -> None:
    """The twin: without any guard the effect is doubled, and these tests would be red."""
    listener = await pair.start_listener()
    listener.consumer._lanes = Careless
    async with pair.bus.connected("intake") as intake:
        await publish(intake, written)
        await until(lambda: pair.everything_heard(listener, client, 10))
        await publish(intake, [written[0].once_more()])
        await until(lambda: _effects(listener, client, 11))
    assert not await pair.everything_heard(listener, client, 10)


async def _effects(listener: toy.Service, client: UUID, count: int) -> bool:
    return await effects(listener, client) == count


async def _waiting(listener: toy.Service, count: int) -> bool:
    return (await listener.backlog())[1] == count


async def _all_acknowledged(pair: Toys, count: int) -> bool:
    async with pair.bus.connected("bus") as hub:
        info = await hub.jetstream().consumer_info("CARETEAM_EVENTS", "notifications")
    return (info.num_pending, info.num_ack_pending) == (0, 0) and info.delivered.stream_seq >= count
