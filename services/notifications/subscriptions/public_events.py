"""What integrators are told from: a second consumer, of the public events of all four services.

The first consumer would not do. It leaves out what this service itself says, and there the events
of a client wait behind one that this service cannot handle, which is no reason to tell an
integrator late. Here nothing is handled: an event is kept, with who is owed it, in one transaction,
and acknowledged after that.

Why the order holds: the stream gives one message at a time, the next when that one has been
acknowledged. So what a lost connection took with it comes again before anything later does.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from careteam_contracts.catalogue import MalformedEvent, UnknownEventType, parse
from services.notifications.channels.cloud_event import PUBLIC_TYPES
from services.notifications.domain.event_place import Place
from services.notifications.handlers.integrator_ports import PublicEvent
from services.notifications.handlers.tell_integrators import KeepPublicEvent, keep_public_event
from shared.messaging.connection import connect
from shared.messaging.only_one import while_only_one
from shared.messaging.pull import PullLoop
from shared.messaging.reading import Unreadable, read
from shared.messaging.stream import microseconds, stream_state
from shared.serving.life import RunningService
from shared.serving.upkeep import Closed, within

log = structlog.get_logger()

FEED: Final = "notifications-feed"
FEED_LOCK: Final = 0x0CA7E7EE
_CLOCKS_DIFFER_MICROSECONDS: Final = 1_000_000
_CLOSING_SECONDS: Final = 2.0


async def follow_public_events(service: RunningService[Any], on_kept: Callable[[], None]) -> None:
    """Keep every public event; raises when the connection is closed for good."""
    closed = Closed()
    pulls: list[PullLoop] = []

    async def reconnected() -> None:
        for pull in pulls:
            pull.reconnected()

    client = await connect(service.bus, "feed", on_reconnected=reconnected, on_closed=closed.tell)

    async def take_part() -> None:
        pulls[:] = [pull := PullLoop(client, FEED)]
        await _take_all(pull, service, client, on_kept)

    try:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(
                while_only_one(
                    service.database, FEED_LOCK, take_part, fit=lambda: client.is_connected
                )
            )
            parts.create_task(closed.fail())
    finally:
        await within(_CLOSING_SECONDS, client.close())


async def _take_all(
    pull: PullLoop, service: RunningService[Any], client: Client, on_kept: Callable[[], None]
) -> None:
    try:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(pull.run())
            while batch := await pull.next_batch(1):
                for message in batch:
                    await _take(message, service, client, on_kept)
    finally:
        await within(_CLOSING_SECONDS, pull.abandon())


async def _take(
    message: Msg, service: RunningService[Any], client: Client, on_kept: Callable[[], None]
) -> None:
    epoch = (await stream_state(client)).epoch
    if _stored_at(message) < epoch - _CLOCKS_DIFFER_MICROSECONDS:
        return  # of a stream that is no more: this one has it under another number, or will
    event = readable(message, epoch)
    if event is not None:
        kept = KeepPublicEvent(event=event, is_known=event.type in PUBLIC_TYPES)
        await service.background.run(partial(keep_public_event, kept))
        on_kept()
    await message.ack()


def readable(message: Msg, epoch: int) -> PublicEvent | None:
    """The event; None for what is no event of ours, which integrators are not told.

    A type that this version does not know yet is kept: a later version can tell it on request.
    """
    arrived = read(message, {})
    if isinstance(arrived, Unreadable):
        log.error("public event not readable", reason=arrived.reason)
        return None
    delivery = arrived.delivery
    try:
        parse(delivery.type, arrived.body)
    except MalformedEvent:
        log.exception("public event not readable", event_id=str(delivery.event_id))
        return None
    except UnknownEventType:
        log.warning("public event of a later version", event_type=delivery.type)
    return PublicEvent(
        place=Place(epoch, delivery.stream_sequence),
        event_id=delivery.event_id,
        type=delivery.type,
        client_id=delivery.client_id,
        recorded_at=delivery.recorded_at,
        headers=delivery.envelope.to_headers(),
        payload=arrived.body,
    )


def _stored_at(message: Msg) -> int:
    """When the stream took it, in microseconds since 1970."""
    return microseconds(message.metadata.timestamp.isoformat())
