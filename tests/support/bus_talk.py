"""What tests say on the bus, as one of its users."""

import asyncio
import json
from typing import Final

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import StreamState

from cli.bus.names import STREAM
from tests.support.nats_part import NatsPart

PATIENCE: Final = 60.0
"""Seconds until something must have happened, on a machine that has much else to do."""
NEXT: Final = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}"


def event_of(service: str, number: int = 0) -> str:
    return f"careteam.evt.{service}.something_happened.v1.p{number:02}"


async def published(client: Client, subject: str, body: bytes = b"{}") -> int:
    return (await client.jetstream(timeout=PATIENCE).publish(subject, body, stream=STREAM)).seq


async def fetched(
    client: Client, service: str, most: int, *, within: float = PATIENCE
) -> list[Msg]:
    """So many messages of a service's consumer; an error when one did not come within seconds."""
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    request = {"batch": most, "expires": int(within * 1_000_000_000)}
    await client.publish(f"{NEXT}.{service}", json.dumps(request).encode(), inbox)
    messages = [await subscription.next_msg(within) for _ in range(most)]
    await subscription.unsubscribe()
    return messages


async def stored(bus: NatsPart) -> StreamState:
    async with bus.connected("bus") as hub:
        return (await hub.jetstream().stream_info(STREAM)).state


async def assert_cannot_hear(client: Client, subject: str, *, close: bool = False) -> None:
    try:
        subscription = await client.subscribe(subject)
        with pytest.raises(Error):
            await subscription.next_msg(0.3)
        assert "permissions violation for subscription" in str(client.last_error).lower()
    finally:
        if close:
            await client.close()


async def connect(bus: NatsPart, user: str, refusals: asyncio.Queue[Exception]) -> Client:
    return await nats.connect(
        bus.url,
        nkeys_seed=str(bus.seeds.file(user)),
        inbox_prefix=f"_INBOX_{user}".encode(),
        allow_reconnect=False,
        error_cb=refusals.put,
    )
