"""P1's floor: ``python -m bench.p1_floor teller`` or ``listener``, bare asyncpg and nats-py.

A transaction, a publish that is awaited, and at the other end a transaction for each message.
Nothing numbers, orders, repeats or remembers.
"""

import asyncio
import json
import sys
from uuid import uuid4

import asyncpg
import nats
import uvloop
from nats.aio.client import Client

from bench.pace import Seen, at_rate
from bench.side import quiet, serve
from shared.messaging.connection import Bus
from shared.messaging.pull import STREAM, PullLoop
from shared.runtime.settings import ServiceSettings

TABLE = "CREATE TABLE bare (id text PRIMARY KEY, body bytea NOT NULL)"
_STATE = "INSERT INTO bare (id, body) VALUES ($1, $2)"
_SUBJECT = "careteam.int.intake.bare.v1.p00"
_CONNECTIONS = 8


async def teller(settings: ServiceSettings, pool: asyncpg.Pool, client: Client) -> None:
    stream = client.jetstream()

    async def tell(_number: int) -> str:
        key = str(uuid4())
        body = json.dumps({"key": key, "sms": True, "email": True, "voice": True}).encode()
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_STATE, key, body)
        await stream.publish(_SUBJECT, body, stream=STREAM, headers={"Nats-Msg-Id": key})
        return key

    await serve(lambda asked: at_rate(asked["rate"], asked["count"], tell))


async def listener(settings: ServiceSettings, pool: asyncpg.Pool, client: Client) -> None:
    seen = Seen()
    pull = PullLoop(client, "notifications")

    async def listen() -> None:
        async with pool.acquire() as connection:
            while batch := await pull.next_batch(1):
                key = json.loads(batch[0].data)["key"]
                async with connection.transaction():
                    await connection.execute(_STATE, key, batch[0].data)
                seen.add(key)
                await batch[0].ack()

    beside = [asyncio.create_task(pull.run()), asyncio.create_task(listen())]
    await serve(lambda asked: seen.take(asked["count"]))
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)


async def run(role: str) -> None:
    settings = ServiceSettings()
    service = {"teller": "intake", "listener": "notifications"}[role]
    url = settings.database().render_as_string(hide_password=False)
    async with asyncpg.create_pool(
        url.replace("+asyncpg", ""), min_size=_CONNECTIONS, max_size=_CONNECTIONS
    ) as pool:
        client = await nats.connect(
            **Bus(settings.nats_servers, service, settings.nats_seed_file).options()
        )
        await {"teller": teller, "listener": listener}[role](settings, pool, client)
        await client.close()


if __name__ == "__main__":
    quiet()
    uvloop.run(run(sys.argv[1]))
