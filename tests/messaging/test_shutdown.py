"""Leaving: what was begun is finished, what is to be said is said, and nothing keeps the door."""

import asyncio
import time
from uuid import UUID

import pytest

from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, redeliver_after, scalar, tables, until
from tests.support import toy
from tests.support.nats_part import EmbeddedNats
from tests.support.parts import FreshDatabase

pytestmark = pytest.mark.real


async def stopped(service: toy.Service) -> float:
    """Stop it; returns how long that took."""
    started = time.monotonic()
    await service.stop()
    return time.monotonic() - started


async def test_an_idle_service_leaves_at_once(pair: Toys, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    await pair.tell(teller, client, 1)
    await until(lambda: pair.everything_heard(listener, client, 1))
    pair.running.clear()
    assert await stopped(listener) < 2
    assert await stopped(teller) < 2
    assert all(task.done() for task in (*listener._tasks, *teller._tasks))


async def test_what_was_said_is_published_before_it_leaves(pair: Toys) -> None:
    teller = await pair.start_teller()
    await until(lambda: joined(teller))
    for _ in range(20):
        await pair.tell(teller, new_id(), 5)
    await pair.stop(teller)
    connection = await pair.teller_database.connect()
    left = await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    await connection.close()
    assert left == 0


async def test_what_was_begun_is_finished_and_acknowledged(pair: Toys, client: UUID) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(_uow: toy.ToyUnitOfWork) -> None:
        begun.set()
        await goes_on.wait()

    pair.ear.does[2] = slow
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    await pair.tell(teller, client, 2)
    await begun.wait()
    leaving = asyncio.create_task(pair.stop(listener))
    await asyncio.sleep(0)
    goes_on.set()
    await leaving
    connection = await pair.listener_database.connect()
    assert await connection.fetchval("SELECT count(*) FROM inbox") == 2
    await connection.close()
    async with pair.bus.connected("bus") as hub:
        info = await hub.jetstream().consumer_info("CARETEAM_EVENTS", "notifications")
    assert info.num_ack_pending == 0


async def test_what_it_had_not_begun_goes_to_the_next_at_once(pair: Toys) -> None:
    """Given back, not left to run out: the durable would wait for an hour."""
    await redeliver_after(pair.bus, 3600, "notifications")
    begun = asyncio.Event()

    async def slow(_uow: toy.ToyUnitOfWork) -> None:
        begun.set()
        await asyncio.sleep(0.3)

    pair.ear.does[1] = slow
    clients = [new_id() for _ in range(120)]
    teller = await pair.start_teller()
    for client in clients:
        await pair.tell(teller, client, 1)
    await until(lambda: nothing_unsaid(teller))
    listener = await pair.start_listener()
    await begun.wait()
    await pair.stop(listener)
    pair.ear.does.clear()
    again = await pair.start_listener()
    await until(lambda: inbox(again, 120))


async def test_a_handler_that_hangs_does_not_keep_it(pair: Toys, client: UUID) -> None:
    begun = asyncio.Event()

    async def hangs(_uow: toy.ToyUnitOfWork) -> None:
        begun.set()
        await asyncio.Event().wait()

    pair.ear.does[1] = hangs
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    await pair.tell(teller, client, 1)
    await begun.wait()
    pair.running.remove(listener)
    assert await stopped(listener) < 8
    pair.ear.does.clear()
    again = await pair.start_listener()
    await until(lambda: pair.everything_heard(again, client, 1))


async def test_it_leaves_without_a_bus(
    own_nats: EmbeddedNats, fresh_database: FreshDatabase, client: UUID
) -> None:
    toys = Toys(
        own_nats,
        await tables(fresh_database, "intake"),
        await tables(fresh_database, "notifications"),
    )
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    await toys.tell(teller, client, 1)
    await until(lambda: toys.everything_heard(listener, client, 1))
    own_nats.kill()
    await toys.tell(teller, client, 1)
    assert await stopped(teller) < 10
    assert await stopped(listener) < 10
    own_nats.start()
    toys.running.clear()
    again = await toys.start_teller()
    listener = await toys.start_listener()
    await until(lambda: toys.everything_heard(listener, client, 2))
    assert again.relay is not None
    await toys.stop_all()


async def test_it_leaves_before_it_ever_joined(
    own_nats: EmbeddedNats, fresh_database: FreshDatabase
) -> None:
    own_nats.kill()
    toys = Toys(
        own_nats,
        await tables(fresh_database, "intake"),
        await tables(fresh_database, "notifications"),
    )
    teller = await toys.start_teller()
    await asyncio.sleep(0)
    toys.running.clear()
    assert await stopped(teller) < 5
    own_nats.start()


async def joined(service: toy.Service) -> bool:
    return service.relay is not None and service.relay.seconds_since_acknowledged is not None


async def nothing_unsaid(service: toy.Service) -> bool:
    return (await service.backlog())[0] == 0


async def inbox(service: toy.Service, count: int) -> bool:
    return bool(await scalar(service, "SELECT count(*) FROM inbox") == count)
