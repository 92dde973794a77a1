"""P3: the ordered consumer, against a bare pull loop, and against one message per transaction."""

import asyncio
import time
from typing import Any

import asyncpg
import nats
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.security import NatsNKey

from bench import toys
from bench.figures import Figure
from bench.pace import until
from bench.parts import Parts
from cli.bus.names import PROVISIONER, inbox_of
from shared.messaging.connection import Bus, connect
from shared.messaging.consumer import BATCH
from shared.messaging.pull import STREAM, PullLoop
from tests.support import toy
from tests.support.postgres_part import ServiceDatabase

_STATE = (
    "INSERT INTO bare (id, body) VALUES ($1, $2)"
    " ON CONFLICT (id) DO UPDATE SET body = excluded.body"
)


async def consumer_rate(
    parts: Parts, *, events: int, clients: int, runs: int
) -> tuple[Figure, Figure]:
    """Events per second from a full stream into the database, all sides in turn."""
    ours, bare, framework = [], [], []
    for _ in range(runs):
        total = await _fill(parts, events, clients)
        ours.append(total / await _ordered(parts, total))
        total = await _fill(parts, events, clients)
        bare.append(total / await _bare(parts, total))
        few = await _fill(parts, max(events // 10, clients), clients)
        framework.append(few / await _one_by_one(parts, few))
    return (
        Figure("P3 consumer / bare loop", "events/s", tuple(ours), tuple(bare), "≥ 0.7", False),
        Figure("P3 consumer / framework", "events/s", tuple(ours), tuple(framework), "≥ 5", False),
    )


async def _fill(parts: Parts, events: int, clients: int) -> int:
    parts.nats.renew_stream()
    stored = await toys.database(parts, "intake")
    teller = toys.Running(toy.definition("intake"), toy.settings(stored, parts.nats))
    await teller.start()
    await toys.told(teller, events, clients)
    await until(lambda: _all_said(teller))
    total = await toys.count(teller, "SELECT count(*) FROM outbox")
    await teller.stop()
    parts.postgres.drop(stored)
    return total


async def _ordered(parts: Parts, total: int) -> float:
    stored = await toys.database(parts, "notifications")
    listener = toys.Running(toys.listening(), toy.settings(stored, parts.nats))
    connection = await listener.database.connect_alone()
    client = await connect(listener.bus, "messages")
    pull = PullLoop(client, "notifications")
    started = time.perf_counter()
    work = [asyncio.create_task(pull.run()), asyncio.create_task(listener.consumer.run(pull))]
    await until(lambda: _received(connection, total))
    taken = time.perf_counter() - started
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await client.close()
    await connection.close()
    await listener.database.close()
    parts.postgres.drop(stored)
    return taken


async def _all_said(teller: toys.Running) -> bool:
    return not (await teller.backlog())[0]


async def _received(connection: asyncpg.Connection, total: int) -> bool:
    return bool(await connection.fetchval("SELECT count(*) FROM inbox") >= total)


async def _bare(parts: Parts, total: int) -> float:
    """The same pull, fifty to a transaction: a state row each, and nothing that makes it safe."""
    stored = await toys.database(parts, "notifications")
    bus = Bus([parts.nats.url], "notifications", parts.nats.seeds.file("notifications"))
    client = await nats.connect(**bus.options())
    connection = await _with_state(stored)
    pull = PullLoop(client, "notifications")
    pulling = asyncio.create_task(pull.run())
    done = 0
    started = time.perf_counter()
    while done < total:
        batch = await pull.next_batch(BATCH)
        async with connection.transaction():
            await connection.executemany(
                _STATE,
                [((m.headers or {})["ce-partitionkey"], m.data) for m in batch],
            )
        for message in batch:
            await message.ack()
        done += len(batch)
    taken = time.perf_counter() - started
    pulling.cancel()
    await asyncio.gather(pulling, return_exceptions=True)
    await connection.close()
    await client.close()
    parts.postgres.drop(stored)
    return taken


async def _one_by_one(parts: Parts, total: int) -> float:
    """One subscriber of the framework, one message to a transaction.

    It makes its durable itself, which no service may: it runs as the provisioner.
    """
    stored = await toys.database(parts, "notifications")
    connection = await _with_state(stored)
    broker = NatsBroker(
        [parts.nats.url],
        security=NatsNKey(str(parts.nats.seeds.file(PROVISIONER))),
        inbox_prefix=inbox_of(PROVISIONER),
        apply_types=False,
        logger=None,
    )
    done = asyncio.Event()
    seen = 0

    async def whole(message: Any) -> tuple[str, bytes]:
        return message.headers["ce-partitionkey"], message.body

    async def handle(told: tuple[str, bytes]) -> None:
        nonlocal seen
        async with connection.transaction():
            await connection.execute(_STATE, *told)
        seen += 1
        if seen >= total:
            done.set()

    broker.subscriber(
        "careteam.int.intake.>",
        durable="bench",
        inbox_prefix=f"{inbox_of(PROVISIONER)}.".encode(),
        stream=JStream(STREAM, declare=False),
        pull_sub=PullSub(batch_size=1),
        decoder=whole,
    )(handle)
    started = time.perf_counter()
    await broker.start()
    await done.wait()
    taken = time.perf_counter() - started
    await broker.stop()
    await connection.close()
    parts.postgres.drop(stored)
    return taken


async def _with_state(stored: ServiceDatabase) -> asyncpg.Connection:
    owner = await stored.connect("owner")
    await owner.execute("CREATE TABLE bare (id text PRIMARY KEY, body bytea NOT NULL)")
    await owner.close()
    return await stored.connect("app")
