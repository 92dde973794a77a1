"""Freshness: how long ago everything that a peer had recorded by then was here.

Silence proves nothing, so each relay says once a second: "everything that I recorded before T is
in the stream up to sequence N". T is the smallest of now, the start of the oldest open transaction
(which may still write), and the oldest row that is not yet acknowledged. The open transactions are
looked at first and the rows after that: the other way round, one that commits in between would be
seen neither as open nor as a row. A consumer that has received N knows the peer's past up to T.

A mark may be late: a broker that was paused, or we, hand it over long after it was said. Its age
must not be counted from its arrival, then, and no two machines agree on the time. But each mark
tells when it was said by its sender's monotonic clock, which goes nearly as fast as ours, so the
smallest difference of late between our clock at an arrival and that one is how they differ, give or
take the quickest delivery. All ages are counted with that difference. One mark alone could be the
late one: a sender that was heard once proves nothing.

A mark speaks of one stream. After the stream was replaced, sequences begin anew, and marks of
another epoch than the one our position belongs to prove nothing.
"""

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.enums import Service
from shared.storage.context import Freshness

MARK_EVERY_SECONDS: Final = 1.0
_KEPT_MARKS: Final = 600
_KEPT_DIFFERENCES: Final = 120
"""Clocks drift apart by a second in a day or so: a smallest difference must not be kept long."""
_QUERY_SECONDS: Final = 10.0
_TEAMS_ARE_OF: Final = Service.INTAKE.value
_SENDER: Final = uuid4().hex

_OLDEST_OPEN: Final = """
    SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND xact_start IS NOT NULL
"""
_OWN_MARK: Final = """
    SELECT coalesce((SELECT max(stream_sequence) FROM outbox), 0) AS sequence,
           extract(epoch FROM clock_timestamp() - least(
               $1::timestamptz, (SELECT min(written_at) FROM outbox WHERE published_at IS NULL)
           )) AS behind_seconds
"""
_POSITION: Final = sa.text(
    "SELECT (SELECT epoch FROM stream_epochs) AS epoch,"
    " (SELECT stream_sequence FROM consumer_position) AS sequence"
)
_WAITING: Final = sa.text(
    """
    SELECT producer,
           count(*) FILTER (WHERE parked_at IS NULL) AS waiting,
           count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
    FROM lane_events WHERE client_id = :client_id GROUP BY producer
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a relay says of its service's past.

    ``said_at`` is its sender's monotonic time before it looked; ``behind_seconds`` how much earlier
    T lies.
    """

    sender: str
    epoch: int
    sequence: int
    said_at: float
    behind_seconds: float

    @property
    def known_since(self) -> float:
        """T, by the sender's monotonic clock."""
        return self.said_at - self.behind_seconds


async def own_mark(connection: asyncpg.Connection, epoch: int) -> Mark:
    """How far this service's past is in the stream. Two statements, in this order."""
    said_at = time.monotonic()
    oldest = await connection.fetchval(_OLDEST_OPEN, timeout=_QUERY_SECONDS)
    row = await connection.fetchrow(_OWN_MARK, oldest, timeout=_QUERY_SECONDS)
    return Mark(
        sender=_SENDER,
        epoch=epoch,
        sequence=row["sequence"],
        said_at=said_at,
        behind_seconds=float(row["behind_seconds"]),
    )


async def publish_mark(
    client: Client, connection: asyncpg.Connection, service: str, epoch: int
) -> None:
    """Say how far this service's past is in the stream."""
    mark = await own_mark(connection, epoch)
    await client.publish(f"careteam.mark.{service}", json.dumps(asdict(mark)).encode())


class Heard:
    """The marks of one producer's relay, and how its clock differs from ours."""

    def __init__(self) -> None:
        self._sender = ""
        self._marks: deque[Mark] = deque(maxlen=_KEPT_MARKS)
        self._differences: deque[float] = deque(maxlen=_KEPT_DIFFERENCES)

    def note(self, mark: Mark, now: float) -> None:
        """Keep a mark that arrived ``now`` (our monotonic time)."""
        if mark.sender != self._sender:
            self._sender = mark.sender
            self._marks.clear()
            self._differences.clear()
        self._differences.append(now - mark.said_at)
        last = self._marks[-1] if self._marks else None
        if last is not None and (last.epoch, last.sequence) == (mark.epoch, mark.sequence):
            # The same past, known for longer.
            self._marks.pop()
            mark = max(last, mark, key=lambda m: m.known_since)
        self._marks.append(mark)

    def age(self, epoch: int | None, position: int, now: float) -> float | None:
        """How old what is known is, when everything up to a position of a stream was received."""
        reached = [
            mark.known_since
            for mark in self._marks
            if mark.epoch == epoch and mark.sequence <= position
        ]
        if not reached or len(self._differences) < 2:
            return None
        return max(0.0, now - (max(reached) + min(self._differences)))


class Watermarks:
    """The other services' marks, and what they prove about one client."""

    def __init__(self, producers: tuple[str, ...]) -> None:
        self._heard = {producer: Heard() for producer in producers}

    async def listen(self, client: Client) -> None:
        """Subscribe to the marks of every other service."""
        for producer in self._heard:
            await client.subscribe(f"careteam.mark.{producer}", cb=self._arrived)

    def note(self, producer: str, mark: Mark, now: float) -> None:
        """Keep a mark that arrived ``now`` (our monotonic time)."""
        if producer in self._heard:
            self._heard[producer].note(mark, now)

    async def of(self, connection: AsyncConnection, client_id: UUID) -> Mapping[str, Freshness]:
        """Freshness per producer for one client, from committed state.

        The position is read before what waits: what it covers is then seen, waiting or applied.
        """
        known = (await connection.execute(_POSITION)).one()
        waiting = {
            row.producer: (row.waiting, row.parked)
            for row in await connection.execute(_WAITING, {"client_id": client_id})
        }
        now = time.monotonic()
        return {
            producer: Freshness(
                age_seconds=heard.age(known.epoch, known.sequence or 0, now),
                waiting=waiting.get(producer, (0, 0))[0],
                parked=waiting.get(producer, (0, 0))[1],
            )
            for producer, heard in self._heard.items()
        }

    async def team_age(self, connection: AsyncConnection) -> float | None:
        """How long ago everything that the owner of care teams had said by then was here."""
        heard = self._heard.get(_TEAMS_ARE_OF)
        if heard is None:  # it is this service
            return 0.0
        known = (await connection.execute(_POSITION)).one()
        return heard.age(known.epoch, known.sequence or 0, time.monotonic())

    async def _arrived(self, message: Msg) -> None:
        now = time.monotonic()
        told: dict[str, Any] = json.loads(message.data)
        mark = Mark(**{field: told[field] for field in Mark.__dataclass_fields__})
        self.note(message.subject.rsplit(".", 1)[-1], mark, now)
