"""Does the stream still hold what was published? If not, publish it again.

Postgres is the truth and the stream is transport. A stream has an epoch, the moment at which it was
created: when it is another than the one our rows were published in, everything that is kept goes
out again. Within the same epoch, a stream can have lost its end: rows that it cannot hold any more
go out again, and those of the last minutes are sent once more with their ids. The stream drops the
ones it has (its duplicate window is longer than that), so asking by sending is exact.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.messaging.pull import STREAM

log = structlog.get_logger()

_INFO_SUBJECT: Final = f"BUS.API.STREAM.INFO.{STREAM}"
"""The hub lends its own name for this call: under ``$JS.API`` our own account's server answers."""

TAIL_MINUTES: Final = 5
"""Shorter than the stream's duplicate window of ten minutes."""


class StreamAwayError(NatsError):
    """The stream does not answer, or is not there: provisioning has to make it."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """The epoch (microseconds since 1970 of the stream's creation) and what it holds."""

    epoch: int
    first_sequence: int
    last_sequence: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found and how many rows go out again."""

    epoch: int
    epoch_changed: bool
    again: int


async def stream_state(client: Client) -> StreamState:
    """Ask the stream who it is; raises :class:`StreamAwayError`."""
    answer = await client.request(_INFO_SUBJECT, b"", timeout=2)
    info = json.loads(answer.data)
    if "error" in info:
        raise StreamAwayError
    created = datetime.fromisoformat(info["created"])
    return StreamState(
        epoch=int(created.timestamp() * 1_000_000),
        first_sequence=info["state"]["first_seq"],
        last_sequence=info["state"]["last_seq"],
    )


async def reconcile(client: Client, connection: asyncpg.Connection) -> Reconciled:
    """Mark for publication what the stream does not hold."""
    state = await stream_state(client)
    async with connection.transaction():
        known = await connection.fetchval("SELECT epoch FROM stream_epochs")
        changed = known is not None and known != state.epoch
        if changed:
            again = await connection.execute(
                "UPDATE outbox SET published_at = NULL, stream_sequence = NULL"
                " WHERE published_at IS NOT NULL"
            )
            await connection.execute("UPDATE consumer_position SET stream_sequence = 0")
        else:
            again = await connection.execute(
                "UPDATE outbox SET published_at = NULL"
                " WHERE published_at IS NOT NULL AND (stream_sequence > $1"
                " OR published_at > clock_timestamp() - make_interval(mins => $2))",
                state.last_sequence,
                TAIL_MINUTES,
            )
        await connection.execute(
            "INSERT INTO stream_epochs (epoch) VALUES ($1)"
            " ON CONFLICT (single) DO UPDATE SET epoch = excluded.epoch",
            state.epoch,
        )
    count = int(again.rsplit(" ", 1)[-1])
    if changed or count:
        log.info("reconciled", count=count, epoch=state.epoch)
    return Reconciled(state.epoch, changed, count)
