"""Freshness: how long ago everything that a peer had recorded by then was here.

Silence proves nothing, so each relay says once a second: "everything that I recorded before T is
in the stream up to sequence N". T is the smallest of now, the start of the oldest open transaction
(which may still write), and the oldest row that is not yet acknowledged. A consumer that has
received N knows the peer's past up to T. Ages are measured with the receiver's monotonic clock
from the arrival of the mark, so no two machines need to agree on the time.
"""

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.context import Freshness

MARK_EVERY_SECONDS: Final = 1.0
_KEPT_MARKS: Final = 120

_OWN_MARK: Final = """
    SELECT
        coalesce((SELECT max(stream_sequence) FROM outbox), 0) AS sequence,
        extract(epoch FROM clock_timestamp() - least(
            clock_timestamp(),
            (SELECT min(xact_start) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND backend_type = 'client backend' AND xact_start IS NOT NULL),
            (SELECT min(written_at) FROM outbox WHERE published_at IS NULL)
        )) AS behind_seconds
"""
_WAITING: Final = sa.text(
    """
    SELECT producer,
           count(*) FILTER (WHERE parked_at IS NULL) AS waiting,
           count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
    FROM lane_events WHERE client_id = :client_id GROUP BY producer
    """
)
_POSITION: Final = sa.text("SELECT stream_sequence FROM consumer_position")


async def publish_mark(client: Client, connection: asyncpg.Connection, service: str) -> None:
    """Say how far this service's past is in the stream."""
    row = await connection.fetchrow(_OWN_MARK)
    mark = {"sequence": row["sequence"], "behind_seconds": float(row["behind_seconds"])}
    await client.publish(f"careteam.mark.{service}", json.dumps(mark).encode())


@dataclass(frozen=True, slots=True)
class _Mark:
    sequence: int
    known_since: float
    """Monotonic time at which the mark's T lay, as the receiver saw it."""


class Watermarks:
    """The other services' marks, and what they prove about one client."""

    def __init__(self, producers: tuple[str, ...]) -> None:
        self._marks: dict[str, deque[_Mark]] = {
            producer: deque(maxlen=_KEPT_MARKS) for producer in producers
        }

    async def listen(self, client: Client) -> None:
        """Subscribe to the marks of every other service."""
        for producer in self._marks:
            await client.subscribe(f"careteam.mark.{producer}", cb=self._heard)

    async def _heard(self, message: Msg) -> None:
        told = json.loads(message.data)
        self.note(
            message.subject.rsplit(".", 1)[-1],
            int(told["sequence"]),
            time.monotonic() - float(told["behind_seconds"]),
        )

    def note(self, producer: str, sequence: int, known_since: float) -> None:
        """Keep a mark: the past before ``known_since`` (monotonic) ends at ``sequence``."""
        if producer in self._marks:
            self._marks[producer].append(_Mark(sequence, known_since))

    def forget(self) -> None:
        """Forget all marks: the stream they speak of is no longer there."""
        for marks in self._marks.values():
            marks.clear()

    async def of(self, connection: AsyncConnection, client_id: UUID) -> Mapping[str, Freshness]:
        """Freshness per producer for one client, from committed state."""
        position = (await connection.execute(_POSITION)).scalar() or 0
        waiting = {
            row.producer: (row.waiting, row.parked)
            for row in await connection.execute(_WAITING, {"client_id": client_id})
        }
        now = time.monotonic()
        return {
            producer: Freshness(
                age_seconds=self._age(producer, position, now),
                waiting=waiting.get(producer, (0, 0))[0],
                parked=waiting.get(producer, (0, 0))[1],
            )
            for producer in self._marks
        }

    def _age(self, producer: str, position: int, now: float) -> float | None:
        reached = [m.known_since for m in self._marks[producer] if m.sequence <= position]
        return max(0.0, now - max(reached)) if reached else None
