"""Does the stream still hold what was published? If not, publish it again.

Postgres is the truth and the stream is transport. A stream has an epoch, the moment at which it was
created: when it is another than the one our rows were published in, everything that is kept goes
out again. Within the same epoch, a stream can have lost its end: rows beyond its last sequence go
out again. It may have grown since, by what others published, up to sequences that ours once had.
So the newest of our rows is sent once more, with its own id. A stream that has it says so and
stores nothing; then it has all before it too. If it does not, what was published in the minutes
before goes out again, and the stream drops what it has by itself.

Asking with one row, and not with all of those minutes, matters: this runs after every reconnect,
and a broker that is slow under load must not be given more load for it.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog
from nats.aio.client import Client

from shared.messaging.chains import Row
from shared.messaging.stream import (
    Declined,
    Lost,
    Stored,
    StreamAwayError,
    StreamPublisher,
    StreamState,
    stream_state,
)

log = structlog.get_logger()

TAIL: Final = timedelta(minutes=5)
"""Shorter than the stream's duplicate window of ten minutes."""
_STILL_KNOWN: Final = timedelta(minutes=9)
_QUERY_SECONDS: Final = 300.0
_ACK_SECONDS: Final = 2.0

_NEWEST: Final = """
    SELECT position, client_id, subject, headers, payload, edition, stream_sequence,
           published_at > clock_timestamp() - $1::interval AS known
    FROM outbox WHERE stream_sequence IS NOT NULL AND published_at IS NOT NULL
    ORDER BY stream_sequence DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found, and how many rows go out again."""

    epoch: int
    epoch_changed: bool
    again: int


async def reconcile(
    client: Client, connection: asyncpg.Connection, publisher: StreamPublisher
) -> Reconciled:
    """Mark for publication what the stream does not hold; raises when the stream is away."""
    state = await stream_state(client)
    known = await connection.fetchval("SELECT epoch FROM stream_epochs")
    if known is not None and known != state.epoch:
        again = await _everything(connection, state)
    else:
        again = await _lost_end(connection, state)
        if not again and not await _holds_the_newest(connection, publisher):
            again = await _tail(connection)
        await _remember(connection, state)
    changed = known is not None and known != state.epoch
    if changed or again:
        log.warning("reconciled", count=again, epoch=state.epoch)
    return Reconciled(state.epoch, changed, again)


async def _everything(connection: asyncpg.Connection, state: StreamState) -> int:
    """Another stream: it holds nothing of ours, and nothing of the others' for us.

    What waits in lanes came before anything that the new stream will bring, so it moves before the
    new stream's first sequence.
    """
    async with connection.transaction():
        await _remember(connection, state)
        await connection.execute("UPDATE consumer_position SET stream_sequence = 0")
        await connection.execute(
            "UPDATE lane_events SET stream_sequence = stream_sequence"
            " - (SELECT greatest(max(stream_sequence), 0) + 1 FROM lane_events)"
        )
        return _count(
            await connection.execute(
                "UPDATE outbox SET published_at = NULL, stream_sequence = NULL"
                " WHERE published_at IS NOT NULL",
                timeout=_QUERY_SECONDS,
            )
        )


async def _lost_end(connection: asyncpg.Connection, state: StreamState) -> int:
    last = state.last_sequence
    await connection.execute(
        "UPDATE consumer_position SET stream_sequence = $1 WHERE stream_sequence > $1", last
    )
    lost = _count(
        await connection.execute(
            "UPDATE outbox SET published_at = NULL"
            " WHERE stream_sequence > $1 AND published_at IS NOT NULL",
            last,
            timeout=_QUERY_SECONDS,
        )
    )
    return lost + await _tail(connection) if lost else 0


async def _tail(connection: asyncpg.Connection) -> int:
    return _count(
        await connection.execute(
            "UPDATE outbox SET published_at = NULL WHERE published_at > clock_timestamp() - $1",
            TAIL,
            timeout=_QUERY_SECONDS,
        )
    )


async def _holds_the_newest(connection: asyncpg.Connection, publisher: StreamPublisher) -> bool:
    newest = await connection.fetchrow(_NEWEST, _STILL_KNOWN)
    if newest is None or not newest["known"]:
        return True
    row = row_of(newest)
    match await publisher.ask(row.subject, row.payload, row.headers, _ACK_SECONDS):
        case Stored(sequence=sequence, duplicate=duplicate):
            return duplicate and sequence == newest["stream_sequence"]
        case Declined() | Lost() | None:
            raise StreamAwayError


async def _remember(connection: asyncpg.Connection, state: StreamState) -> None:
    await connection.execute(
        "INSERT INTO stream_epochs (epoch) VALUES ($1)"
        " ON CONFLICT (single) DO UPDATE SET epoch = excluded.epoch"
        " WHERE stream_epochs.epoch <> excluded.epoch",
        state.epoch,
    )


def row_of(record: asyncpg.Record) -> Row:
    """A row as it is sent. One that was asked for again has a de-duplication id of its own."""
    headers: dict[str, Any] = json.loads(record["headers"])
    if record["edition"]:
        headers["Nats-Msg-Id"] = f"{headers['ce-id']}.{record['edition']}"
    return Row(
        record["position"], record["client_id"], record["subject"], headers, record["payload"]
    )


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
