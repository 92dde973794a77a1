"""Integrators that pull over NATS, in tests: let in, and then with nothing but their key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext

from cli.bus.names import inbox_of
from shared.messaging.feeds import API_OF_A_FEED, EPOCH, STREAM_OF_A_FEED, feed_api
from tests.support.bus_talk import PATIENCE
from tests.support.nats_part import EmbeddedNats


@dataclass(frozen=True)
class Puller:
    """An integrator as its own program: it knows the address, its name and its key."""

    url: str
    name: str
    seed: Path

    @asynccontextmanager
    async def connected(self, **options: Any) -> AsyncIterator[Client]:
        client = await connect(self.url, self.seed, self.name, **options)
        try:
            yield client
        finally:
            await client.close()

    async def took(self, most: int) -> list[Msg]:
        """So many events, each acknowledged; an error when one did not come."""
        async with self.connected() as client:
            feed = await pulling(client, self.name)
            return [await take(feed) for _ in range(most)]

    async def epoch(self) -> str:
        async with self.connected() as client:
            told = await (await pulling(client, self.name)).consumer_info()
            return (told.config.metadata or {})[EPOCH]


async def let_in(bus: EmbeddedNats, folder: Path, name: str, *types: str) -> Puller:
    """A new integrator, of these types."""
    seed = folder / f"{name}.key"
    seed.write_text(await bus.feeds.add(name, types))
    return Puller(bus.url, name, seed)


async def connect(url: str, seed: Path, name: str, **options: Any) -> Client:
    async def quiet(_error: Exception) -> None:
        return None

    return await nats.connect(
        url,
        nkeys_seed=str(seed),
        inbox_prefix=inbox_of(name).encode(),
        **{"allow_reconnect": False, "error_cb": quiet, **options},
    )


async def pulling(client: Client, name: str) -> JetStreamContext.PullSubscription:
    hub = client.jetstream(prefix=API_OF_A_FEED, timeout=PATIENCE)
    return await hub.pull_subscribe_bind(consumer=name, stream=STREAM_OF_A_FEED)


async def take(feed: JetStreamContext.PullSubscription) -> Msg:
    (message,) = await feed.fetch(1, timeout=PATIENCE)
    await message.ack_sync(timeout=PATIENCE)
    return message


def ids(messages: list[Msg]) -> list[str]:
    return [(message.headers or {})["Nats-Msg-Id"] for message in messages]


def sequence(message: Msg) -> int:
    """Where the events stream holds it."""
    return int((message.headers or {})["Nats-Stream-Source"].split()[1])


async def held(bus: EmbeddedNats, name: str) -> tuple[int, int]:
    """How many messages a feed holds, and how many of them wait to be acknowledged."""
    async with bus.connected("bus") as hub:
        own = hub.jetstream(prefix=feed_api(name), timeout=PATIENCE)
        state = (await own.stream_info(STREAM_OF_A_FEED)).state
        consumer = await own.consumer_info(STREAM_OF_A_FEED, name)
    return state.messages, (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
