"""Follows the stream as the hub's user, without leaving a consumer behind."""

import fnmatch
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from careteam_contracts.base import partition
from cli.bus.names import STREAM

_FORGOTTEN_AFTER_SECONDS = 30.0
_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events to show."""

    type_glob: str | None = None
    client_id: UUID | None = None
    since: datetime | None = None

    def subjects(self) -> list[str]:
        """A client's events are in one partition: the server need not send the rest."""
        last = ">" if self.client_id is None else f"*.*.*.p{partition(self.client_id):02d}"
        return [f"careteam.evt.{last}", f"careteam.int.{last}"]

    def accepts(self, message: Msg) -> bool:
        headers = message.headers or {}
        if self.client_id is not None and headers.get("ce-partitionkey") != str(self.client_id):
            return False
        return self.type_glob is None or matches(self.type_glob, headers.get("ce-type", ""))


def matches(glob: str, wire_type: str) -> bool:
    """``dose_*`` means ``careteam.*.dose_*.v*``; a glob with dots is taken as it is."""
    pattern = glob if "." in glob else f"careteam.*.{glob}.v*"
    return fnmatch.fnmatchcase(wire_type, pattern)


async def tail(client: Client, wanted: Wanted, *, follow: bool) -> AsyncGenerator[Msg, None]:
    """Events in the order of the stream; without ``follow`` it ends at the stream's present end."""
    hub = client.jetstream(timeout=10)
    end = (await hub.stream_info(STREAM)).state.last_seq
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_TIME if wanted.since else DeliverPolicy.NEW,
        opt_start_time=wanted.since,
        ack_policy=AckPolicy.NONE,
        filter_subjects=wanted.subjects(),
        inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
        mem_storage=True,
    )
    made = await hub.add_consumer(STREAM, config)
    try:
        subscription = await hub.pull_subscribe_bind(consumer=made.name, stream=STREAM)
        while follow or made.num_pending:
            try:
                messages = await subscription.fetch(_AT_ONCE, timeout=1)
            except NatsTimeoutError:
                messages = []
            for message in messages:
                if wanted.accepts(message):
                    yield message
            last = messages[-1].metadata if messages else None
            if not follow and (last is None or last.num_pending == 0 or _seq(last) >= end):
                return
    finally:
        await hub.delete_consumer(STREAM, made.name)


def _seq(metadata: Msg.Metadata) -> int:
    return metadata.sequence.stream
