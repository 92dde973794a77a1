"""The streams of integrators, each in its account, filled from the events stream by the server.

All public events are sourced, under one filter: with a filter for each type the server would take
them from several consumers, and the order of one client's events would be lost on the way. What an
integrator did not ask for is left out by its own consumer, which it cannot change.

That consumer gives one event at a time, as that of webhooks does (decision 88): the next when the
one before it was acknowledged, so that no lost connection can change the order.

A feed belongs to one events stream. When that was made anew, so is the feed: its numbers would mean
nothing any more, and the services publish what they kept again.
"""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from nats.aio.client import Client
from nats.errors import Error, NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    ExternalStream,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamSource,
)
from nats.js.errors import NotFoundError, ServiceUnavailableError

from careteam_contracts.catalogue import CATALOGUE
from cli.bus.declarations import DAYS_KEPT
from cli.bus.feed_accounts import SOURCE_API
from cli.bus.names import STREAM, delivered_to_feed
from cli.bus.provisioning import Drift, keep_consumer, keep_stream
from cli.trouble import Trouble
from shared.messaging.feeds import EPOCH, STREAM_OF_A_FEED, Feed, feed_api
from shared.messaging.stream import microseconds

_PUBLIC: Final = "careteam.evt.>"
_ACK_WAIT_SECONDS: Final = 15
"""As long as a webhook has to answer. A pull whose connection broke takes an event with it, which
comes again after this."""
_MOST_PULLS: Final = 16
"""Requests of one integrator that wait at a time."""
_NOBODY_THERE: Final = (NoRespondersError, NatsTimeoutError, ServiceUnavailableError)


def subjects_wanted(types: Iterable[str]) -> list[str]:
    """The subjects of the types that these patterns name; all public ones, where there is none.
    Raises a sentence for a pattern that no public type has."""
    public = [name for name, entry in CATALOGUE.items() if entry.public]
    wanted: dict[str, None] = {}
    for pattern in types:
        found = [name for name in public if fnmatchcase(name, pattern)]
        if not found:
            raise Trouble(f"no public type of events is called {pattern}: see docs/events.md")
        wanted |= dict.fromkeys(map(_subject, found))
    return list(wanted) or [_PUBLIC]


async def provision_feeds(
    client: Client, feeds: Iterable[Feed], *, replicas: int = 1, check: bool = False
) -> list[Drift]:
    """Make every feed as declared, and end those of integrators that were revoked, as the hub's
    user. Says what was not so; with ``check``, only says it."""
    drifts: list[Drift] = []
    for feed in feeds:
        try:
            drifts += await _provision(client, feed, replicas, check)
        except _NOBODY_THERE:
            drifts.append(Drift(_of(feed), "account", "missing", "there: NATS was not told of it"))
        except Error as refused:
            raise Trouble(f"NATS refused to provision the {_of(feed)}: {refused}") from refused
    return drifts


async def _provision(client: Client, feed: Feed, replicas: int, check: bool) -> list[Drift]:
    own = client.jetstream(prefix=feed_api(feed.name), timeout=10)
    if feed.revoked_at is not None:
        return await _end(own, feed, check)
    limits = (await own.account_info()).limits
    epoch = await _epoch(client)
    drifts = await _of_another_stream(own, feed, epoch, check)
    if drifts and check:
        return drifts
    stream = _stream(feed, replicas, limits.max_storage)
    drifts += await keep_stream(own, stream, check, what=_of(feed))
    if check and any(drift.setting == "stream" for drift in drifts):
        return drifts
    consumer = _consumer(feed, epoch)
    what = f"consumer of the {_of(feed)}"
    return drifts + await keep_consumer(own, STREAM_OF_A_FEED, consumer, check, what=what)


async def is_filled(client: Client, feed: Feed) -> bool:
    """Whether the feed's stream hears from the events stream."""
    own = client.jetstream(prefix=feed_api(feed.name), timeout=10)
    sources = (await own.stream_info(STREAM_OF_A_FEED)).sources or []
    return any(source.active is not None and source.active >= 0 for source in sources)


def _stream(feed: Feed, replicas: int, most_bytes: int) -> StreamConfig:
    return StreamConfig(
        name=STREAM_OF_A_FEED,
        sources=[
            StreamSource(
                name=STREAM,
                filter_subject=_PUBLIC,
                external=ExternalStream(api=SOURCE_API, deliver=delivered_to_feed(feed.name)),
            )
        ],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        num_replicas=replicas,
        max_age=float(DAYS_KEPT * 86400),
        max_bytes=most_bytes,
        deny_delete=True,
        deny_purge=True,
    )


def _consumer(feed: Feed, epoch: int) -> ConsumerConfig:
    return ConsumerConfig(
        name=feed.name,
        durable_name=feed.name,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=float(_ACK_WAIT_SECONDS),
        max_deliver=-1,
        max_ack_pending=1,
        max_waiting=_MOST_PULLS,
        filter_subjects=subjects_wanted(feed.types),
        metadata={EPOCH: str(epoch)},
    )


async def _of_another_stream(
    own: JetStreamContext, feed: Feed, epoch: int, check: bool
) -> list[Drift]:
    try:
        found = (await own.consumer_info(STREAM_OF_A_FEED, feed.name)).config.metadata or {}
    except NotFoundError:
        return []
    if found.get(EPOCH) == str(epoch):
        return []
    if not check:
        await own.delete_stream(STREAM_OF_A_FEED)
    return [Drift(_of(feed), "stream epoch", found.get(EPOCH), epoch)]


async def _end(own: JetStreamContext, feed: Feed, check: bool) -> list[Drift]:
    try:
        await own.stream_info(STREAM_OF_A_FEED)
    except NotFoundError:
        return []
    if not check:
        await own.delete_stream(STREAM_OF_A_FEED)
    return [Drift(_of(feed), "stream", "there", "ended, for it was revoked")]


async def _epoch(client: Client) -> int:
    """Of the events stream, as cursors say it."""
    answer = await client.request(f"$JS.API.STREAM.INFO.{STREAM}", b"", timeout=10)
    info = json.loads(answer.data)
    if "created" not in info:
        raise Trouble(f"{STREAM} is not there: provision it first")
    return microseconds(info["created"])


def _subject(wire_type: str) -> str:
    """``careteam.scheduling.session_scheduled.v1`` is on ``careteam.evt.scheduling.….v1.pNN``."""
    return f"careteam.evt.{wire_type.removeprefix('careteam.')}.*"


def _of(feed: Feed) -> str:
    return f"feed {feed.name}"
