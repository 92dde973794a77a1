"""P2: draining the outbox, against publishing the same bytes without any care."""

import asyncio
import json
import time
from typing import Any

import asyncpg
import nats
from nats.aio.client import Client

from bench import toys
from bench.figures import Figure
from bench.pace import until
from bench.parts import Parts
from shared.messaging.connection import Bus
from shared.messaging.pull import STREAM
from shared.messaging.relay import Relay
from shared.messaging.watermarks import Watermarks
from shared.runtime.database import Database
from tests.support import toy

PIPELINE = 500


async def relay_drain(parts: Parts, *, events: int, clients: int, runs: int) -> Figure:
    """Events per second from a full outbox into the stream, both sides in turn."""
    ours, floor = [], []
    for _ in range(runs):
        parts.nats.renew_stream()
        stored = await toys.database(parts, "intake")
        writer = toys.Running(toy.definition("intake"), toy.settings(stored, parts.nats))
        await toys.told(writer, events, clients)
        rows = await _rows(writer)
        bus = Bus([parts.nats.url], "intake", parts.nats.seeds.file("intake"))
        client = await nats.connect(**bus.options())
        ours.append(len(rows) / await _drain(writer.database, client))
        parts.nats.renew_stream()
        floor.append(len(rows) / await _publish(client, rows))
        await client.close()
        await writer.database.close()
        parts.postgres.drop(stored)
    return Figure("P2 relay drain", "events/s", tuple(ours), tuple(floor), "≥ 0.7", False)


async def _rows(writer: toys.Running) -> list[tuple[str, bytes, dict[str, str]]]:
    connection = await writer.database.connect_alone()
    records = await connection.fetch(
        "SELECT subject, payload, headers FROM outbox ORDER BY position"
    )
    await connection.close()
    return [(r["subject"], r["payload"], json.loads(r["headers"])) for r in records]


async def _drain(database: Database, client: Client) -> float:
    relay = Relay("intake", database, client, Watermarks(()))
    started = time.perf_counter()
    work = asyncio.create_task(relay.run())
    connection = await database.connect_alone()
    await until(lambda: _empty(connection))
    taken = time.perf_counter() - started
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await connection.close()
    return taken


async def _empty(connection: asyncpg.Connection) -> bool:
    return not await connection.fetchval("SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1")


async def _publish(client: Client, rows: list[tuple[str, bytes, dict[str, str]]]) -> float:
    stream = client.jetstream(publish_async_max_pending=2 * PIPELINE)
    started = time.perf_counter()
    open_futures: set[asyncio.Future[Any]] = set()
    for subject, payload, headers in rows:
        future = await stream.publish_async(subject, payload, stream=STREAM, headers=dict(headers))
        open_futures.add(future)
        if len(open_futures) >= PIPELINE:
            _, open_futures = await asyncio.wait(open_futures, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait(open_futures)
    return time.perf_counter() - started
