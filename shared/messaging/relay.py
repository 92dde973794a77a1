"""The relay: from the outbox to the stream.

Why nothing is lost: a row counts as published when the stream has acknowledged it, and not before;
what was sent without an answer is sent again with the same id, which the stream drops if it has it.
Why nothing is reordered: of one client, a row is sent when the one before it is acknowledged; only
one relay of a service is active, by a session lock in the database. Clients do not wait for each
other: each round sends the next row of every client at once.

A stream that says nothing may be wedged while it looks healthy, and a future for an acknowledgement
never ends when a broker is killed. So each round has a deadline, and after two rounds without any
acknowledgement the connection is made anew, which also turns to another server of a cluster.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import PubAck

from shared.messaging import reconcile
from shared.messaging.pull import STREAM
from shared.messaging.watermarks import MARK_EVERY_SECONDS, Watermarks, publish_mark
from shared.runtime.database import Database

log = structlog.get_logger()

ACK_SECONDS: Final = 2.0
POLL_SECONDS: Final = 0.5
CANARY_EVERY_SECONDS: Final = 5.0
ROUND: Final = 500
_LOCK_KEY: Final = 0x0CA7E7EA
_SILENT_ROUNDS_BEFORE_RECONNECT: Final = 2

_UNPUBLISHED: Final = """
    SELECT position, client_id, subject, headers, payload, edition
    FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT $1
"""
_PUBLISHED: Final = """
    UPDATE outbox SET published_at = clock_timestamp(), stream_epoch = $1,
                      stream_sequence = done.sequence
    FROM unnest($2::bigint[], $3::bigint[]) AS done (position, sequence)
    WHERE outbox.position = done.position
"""


@dataclass(frozen=True, slots=True)
class _Row:
    position: int
    client_id: Any
    subject: str
    headers: dict[str, str]
    payload: bytes


class Relay:
    """Publishes a service's outbox; at most one is active per service."""

    def __init__(
        self,
        service: str,
        database: Database,
        client: Client,
        watermarks: Watermarks,
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._service = service
        self._database = database
        self._client = client
        self._stream = client.jetstream(publish_async_max_pending=2 * ROUND)
        self._watermarks = watermarks
        self._poll_seconds = poll_seconds
        self._bell = asyncio.Event()
        self._reconcile_due = True
        self._epoch = 0
        self._silent_rounds = 0
        self._acknowledged_at: float | None = None

    def ring(self) -> None:
        """There is something new in the outbox."""
        self._bell.set()

    def reconnected(self) -> None:
        """The stream may have lost or forgotten something while we were away."""
        self._reconcile_due = True
        self._bell.set()

    @property
    def seconds_since_acknowledged(self) -> float | None:
        """How long ago the stream last acknowledged anything of ours (monotonic)."""
        if self._acknowledged_at is None:
            return None
        return time.monotonic() - self._acknowledged_at

    async def run(self) -> None:
        """Be the active relay whenever nobody else is, until cancelled."""
        await self._client.subscribe(f"careteam.door.{self._service}", cb=self._rung)
        while True:
            try:
                connection = await self._database.connect_alone()
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                log.warning("relay has no database", error=type(error).__name__)
                await asyncio.sleep(self._poll_seconds)
                continue
            try:
                await connection.set_type_codec(
                    "jsonb", encoder=_as_is, decoder=_from_json, schema="pg_catalog"
                )
                await self._serve(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("relay lost its database", error=type(error).__name__)
                await asyncio.sleep(self._poll_seconds)
            finally:
                connection.terminate()

    async def _serve(self, connection: asyncpg.Connection) -> None:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK_KEY):
            await self._canary_if_quiet()
            await asyncio.sleep(self._poll_seconds)
        self._reconcile_due = True
        marked_at = 0.0
        while True:
            self._bell.clear()
            try:
                if self._reconcile_due:
                    await self._reconcile(connection)
                more = await self._drain(connection)
                await self._canary_if_quiet()
                if time.monotonic() - marked_at >= MARK_EVERY_SECONDS:
                    await publish_mark(self._client, connection, self._service)
                    marked_at = time.monotonic()
            except NatsError as error:
                log.warning("relay waits for the bus", error=type(error).__name__)
                await asyncio.sleep(0.1)
                continue
            if more:
                continue
            try:
                async with asyncio.timeout(self._poll_seconds):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _reconcile(self, connection: asyncpg.Connection) -> None:
        found = await reconcile.reconcile(self._client, connection)
        if found.epoch_changed:
            self._watermarks.forget()
        self._epoch = found.epoch
        self._reconcile_due = False

    async def _drain(self, connection: asyncpg.Connection) -> bool:
        """Publish one round of rows; True when there may be more at once."""
        rows = await connection.fetch(_UNPUBLISHED, ROUND)
        if not rows:
            return False
        done = await self._publish_chains([_row(record) for record in rows])
        if done:
            await connection.execute(
                _PUBLISHED, self._epoch, [p for p, _ in done], [s for _, s in done]
            )
        return len(rows) == ROUND or len(done) < len(rows)

    async def _publish_chains(self, rows: Sequence[_Row]) -> list[tuple[int, int]]:
        """Send each client's rows one after the other, all clients side by side."""
        chains: defaultdict[Any, deque[_Row]] = defaultdict(deque)
        for row in rows:
            chains[row.client_id].append(row)
        done: list[tuple[int, int]] = []
        while chains:
            heads = [(client, chain.popleft()) for client, chain in chains.items()]
            acknowledged = await self._publish_round([row for _, row in heads])
            for client, row in heads:
                ack = acknowledged.get(row.position)
                if ack is None:
                    del chains[client]
                    continue
                done.append((row.position, ack.seq))
                if not chains[client]:
                    del chains[client]
        return done

    async def _publish_round(self, rows: Sequence[_Row]) -> dict[int, PubAck]:
        sent: dict[asyncio.Future[PubAck], int] = {}
        for row in rows:
            future = await self._stream.publish_async(
                row.subject, row.payload, stream=STREAM, headers=row.headers
            )
            sent[future] = row.position
        finished, unanswered = await asyncio.wait(sent, timeout=ACK_SECONDS)
        for future in unanswered:
            future.cancel()
        acknowledged: dict[int, PubAck] = {}
        for future in finished:
            error = future.exception()
            if error is None:
                acknowledged[sent[future]] = future.result()
            else:
                log.warning("publish refused", error=type(error).__name__)
        await self._heard(acknowledged)
        return acknowledged

    async def _heard(self, acknowledged: dict[int, PubAck]) -> None:
        if acknowledged:
            self._silent_rounds = 0
            self._acknowledged_at = time.monotonic()
            return
        self._silent_rounds += 1
        if self._silent_rounds >= _SILENT_ROUNDS_BEFORE_RECONNECT:
            self._silent_rounds = 0
            self._reconcile_due = True
            log.warning("stream is silent, connecting anew")
            await self._client.force_reconnect()
        else:
            await asyncio.sleep(0.1)

    async def _canary_if_quiet(self) -> None:
        """Readiness is an acknowledged publish, so publish something when there is nothing."""
        since = self.seconds_since_acknowledged
        if since is not None and since < CANARY_EVERY_SECONDS:
            return
        future = await self._stream.publish_async(
            f"careteam.canary.{self._service}", b"", stream=STREAM, msg_ttl=60
        )
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await future
        except (TimeoutError, NatsError) as error:
            log.warning("canary unanswered", error=type(error).__name__)
            self._reconcile_due = True
            await self._heard({})
        else:
            self._acknowledged_at = time.monotonic()
            self._silent_rounds = 0

    async def _rung(self, _message: Any) -> None:
        self.ring()


def _row(record: asyncpg.Record) -> _Row:
    headers = dict(record["headers"])
    if record["edition"]:
        headers["Nats-Msg-Id"] = f"{headers['ce-id']}.{record['edition']}"
    return _Row(
        record["position"], record["client_id"], record["subject"], headers, record["payload"]
    )


def _from_json(value: str) -> Any:
    return json.loads(value)


def _as_is(value: str) -> str:
    return value
