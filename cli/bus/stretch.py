"""A stretch of the stream: its events from one place to another, read once and in order."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from cli.bus.names import STREAM
from cli.bus.tailing import Wanted
from cli.trouble import Trouble

_FORGOTTEN_AFTER_SECONDS: Final = 30.0
_AT_ONCE: Final = 500
_SILENT_FETCHES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From a sequence or a time, to a sequence or a time; both ends belong to it."""

    begin: int | datetime | None = None
    end: int | datetime | None = None

    def beyond(self, message: Msg) -> bool:
        """Whether this message, and so every later one, is no more of it."""
        if isinstance(self.end, datetime):
            return message.metadata.timestamp > self.end
        return self.end is not None and message.metadata.sequence.stream > self.end


async def read(client: Client, wanted: Wanted, stretch: Stretch) -> AsyncGenerator[Msg, None]:
    """The wanted events of the stretch, up to what the stream holds now."""
    hub = client.jetstream(timeout=10)
    state = (await hub.stream_info(STREAM)).state
    if isinstance(stretch.begin, int) and stretch.begin > state.last_seq:
        raise Trouble(f"the stream ends at {state.last_seq}, before {stretch.begin}")
    made = await hub.add_consumer(STREAM, _consumer(wanted, stretch))
    try:
        subscription = await hub.pull_subscribe_bind(consumer=made.name, stream=STREAM)
        pending, silent = made.num_pending or 0, 0
        while pending and silent < _SILENT_FETCHES:
            try:
                messages = await subscription.fetch(_AT_ONCE, timeout=2)
            except NatsTimeoutError:
                silent += 1
                continue
            for message in messages:
                if stretch.beyond(message) or message.metadata.sequence.stream > state.last_seq:
                    return
                pending = message.metadata.num_pending
                if wanted.accepts(message):
                    yield message
        if pending:
            raise Trouble("the stream stopped answering: see `careteam status`, and try again")
    finally:
        await hub.delete_consumer(STREAM, made.name)


def _consumer(wanted: Wanted, stretch: Stretch) -> ConsumerConfig:
    by_time = isinstance(stretch.begin, datetime)
    by_place = isinstance(stretch.begin, int)
    policy = DeliverPolicy.ALL
    if by_time:
        policy = DeliverPolicy.BY_START_TIME
    elif by_place:
        policy = DeliverPolicy.BY_START_SEQUENCE
    return ConsumerConfig(
        deliver_policy=policy,
        opt_start_time=stretch.begin if isinstance(stretch.begin, datetime) else None,
        opt_start_seq=stretch.begin if isinstance(stretch.begin, int) else None,
        ack_policy=AckPolicy.NONE,
        filter_subjects=wanted.subjects(),
        inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
        mem_storage=True,
    )


def cloud_event(headers: Mapping[str, str], data: Any) -> dict[str, Any]:
    """An event in the structured form of CloudEvents: attributes and body in one JSON object."""
    attributes = {
        name.removeprefix("ce-"): value for name, value in headers.items() if name[:3] == "ce-"
    }
    return {**attributes, "data": data}
