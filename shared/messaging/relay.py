"""The relay: from the outbox to the stream.

Why nothing is lost: a row counts as published when the stream has acknowledged it, and not before;
what was sent without an answer is sent again with the same id, which the stream drops if it has it.
Why nothing is reordered: of one client, a row is sent when the one before it is acknowledged
(``chains``); only one relay of a service is active, by a session lock in the database. Should two
be active for a moment, because one was paused, they send the same rows: each row still goes out
after the one before it was stored.

Why nobody is held up by another's row: a client whose row the stream does not take, while it does
take a canary, is left out for a while, the longer the more often. A stream that takes nothing is
asked until it does (``pulse``), and no wait is without end. What the stream may have lost is looked
for whenever we were away from it, and every few seconds, as a stream can be replaced while we are
connected (``reconcile``).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.messaging.chains import Chains, Landed
from shared.messaging.only_one import DATABASE_LOST, RELAY_LOCK, Fitness, Unfit, only_one
from shared.messaging.pulse import QUIET_SECONDS, Pulse
from shared.messaging.reconcile import reconcile, row_of
from shared.messaging.stream import StreamAwayError, StreamPublisher, stream_state
from shared.messaging.watermarks import MARK_EVERY_SECONDS, Watermarks, publish_mark
from shared.runtime.database import Database

log = structlog.get_logger()

POLL_SECONDS: Final = 0.5
ROUND: Final = 500
_QUERY_SECONDS: Final = 30.0
_SHORTEST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 1.0
_LONGEST_LEFT_OUT: Final = 30.0

_UNPUBLISHED: Final = """
    SELECT position, client_id, subject, headers, payload, edition
    FROM outbox WHERE published_at IS NULL AND client_id <> ALL($2::uuid[])
    ORDER BY position LIMIT $1
"""
_PUBLISHED: Final = """
    UPDATE outbox SET published_at = clock_timestamp(), stream_epoch = $1,
                      stream_sequence = done.sequence
    FROM unnest($2::bigint[], $3::bigint[]) AS done (position, sequence)
    WHERE outbox.position = done.position
"""


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
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._client = client
        self._publisher = StreamPublisher(client)
        self._pulse = Pulse(client, self._publisher, service)
        self._watermarks = watermarks
        self._poll_seconds = poll_seconds
        self._on_step = on_step
        self._bell = asyncio.Event()
        self._active = False
        self._reconcile_due = True
        self._epoch = 0
        self._highest = 0
        self._checked_at = 0.0
        self._marked_at = 0.0
        self._stuck: dict[UUID, tuple[int, float]] = {}

    def ring(self) -> None:
        """There is something new in the outbox."""
        self._bell.set()

    def reconnected(self) -> None:
        """The stream may have lost or forgotten something while we were away, our answers too."""
        self._reconcile_due = True
        self._publisher.lost()
        self._bell.set()

    @property
    def active(self) -> bool:
        """Whether this is the one of the service's relays that publishes."""
        return self._active

    @property
    def seconds_since_acknowledged(self) -> float | None:
        """How long ago the stream last acknowledged anything of ours (monotonic)."""
        return self._pulse.seconds_since_acknowledged

    async def run(self) -> None:
        """Be the active relay whenever nobody else is, until cancelled."""
        await self._publisher.listen()
        door = await self._client.subscribe(f"careteam.door.{self._service}", cb=self._rung)
        beside = asyncio.create_task(self._stand_by(), name="relay stands by")
        try:
            while True:
                try:
                    async with only_one(self._database, RELAY_LOCK, self._connected) as connection:
                        await self._serve(connection)
                except (*DATABASE_LOST, Unfit) as error:
                    log.warning("relay gave up its lock", error=type(error).__name__)
                await asyncio.sleep(self._poll_seconds)
        finally:
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)
            with suppress(NatsError):
                await self._publisher.close()
                await door.unsubscribe()

    async def _stand_by(self) -> None:
        """While another replica's relay is active: pass the bell on, feel the stream's pulse."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._bell.wait()
            if self._active or not self._connected():
                await asyncio.sleep(self._poll_seconds)
                continue
            try:
                if self._bell.is_set():
                    self._bell.clear()
                    await self._client.publish(f"careteam.door.{self._service}")
                await self._pulse.is_there_or_busy()
            except NatsError as error:
                log.warning("relay stands by without a bus", error=type(error).__name__)

    async def _serve(self, connection: asyncpg.Connection) -> None:
        fitness = Fitness(self._connected)
        self._active = self._reconcile_due = True
        wait = _SHORTEST_WAIT
        try:
            while True:
                self._bell.clear()
                try:
                    more = fitness.check() and await self._round(connection)
                except NatsError as error:
                    log.warning("relay waits for the bus", error=type(error).__name__)
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, _LONGEST_WAIT)
                    continue
                wait = _SHORTEST_WAIT
                if more:
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._bell.wait()
        finally:
            self._active = False

    async def _round(self, connection: asyncpg.Connection) -> bool:
        """Do what is to be done now; True when there may be more at once."""
        try:
            await self._check_stream(connection)
        except NatsError as error:
            # It may take messages all the same. If not, the rows will tell.
            log.warning("stream not checked", error=type(error).__name__)
        more = await self._drain(connection)
        await self._pulse.is_there_or_busy()
        if not self._reconcile_due and time.monotonic() - self._marked_at >= MARK_EVERY_SECONDS:
            self._marked_at = time.monotonic()
            await publish_mark(self._client, connection, self._service, self._epoch)
        return more

    async def _check_stream(self, connection: asyncpg.Connection) -> None:
        if not self._reconcile_due:
            if time.monotonic() - self._checked_at < QUIET_SECONDS:
                return
            self._checked_at = time.monotonic()
            state = await stream_state(self._client)
            if state.epoch == self._epoch and state.last_sequence >= self._highest:
                return
        self._reconcile_due = False
        try:
            found = await reconcile(self._client, connection, self._publisher)
        except BaseException:
            self._reconcile_due = True
            raise
        self._epoch, self._highest = found.epoch, 0
        self._checked_at = time.monotonic()

    async def _drain(self, connection: asyncpg.Connection) -> bool:
        """Publish some rows; True when there may be more at once."""
        now = time.monotonic()
        left_out = [client for client, (_, until) in self._stuck.items() if until > now]
        rows = await connection.fetch(_UNPUBLISHED, ROUND, left_out, timeout=_QUERY_SECONDS)
        if not rows:
            return False
        landed = await Chains(self._publisher, map(row_of, rows), self._on_step).publish()
        if landed.done:
            await self._mark_published(connection, landed.done)
        if landed.stuck and not landed.lost:
            await self._leave_out(landed)
        return len(rows) == ROUND or len(landed.done) < len(rows)

    async def _mark_published(
        self, connection: asyncpg.Connection, done: list[tuple[int, int]]
    ) -> None:
        self._pulse.heard()
        await self._step("about to mark")
        await connection.execute(
            _PUBLISHED,
            self._epoch,
            [position for position, _ in done],
            [sequence for _, sequence in done],
            timeout=_QUERY_SECONDS,
        )
        await self._step("marked")
        self._highest = max(self._highest, *(sequence for _, sequence in done))

    async def _leave_out(self, landed: Landed) -> None:
        """Their rows were not taken: is it the stream, or is it they?"""
        if not await self._pulse.is_there():
            self._reconcile_due = True
            raise StreamAwayError
        log.warning("clients left out for a while", count=len(landed.stuck))
        now = time.monotonic()
        before = {c: v for c, v in self._stuck.items() if v[1] > now - _LONGEST_LEFT_OUT}
        for client in landed.stuck:
            times = before.get(client, (0, 0.0))[0] + 1
            before[client] = times, now + min(0.5 * 2**times, _LONGEST_LEFT_OUT)
        self._stuck = before

    def _connected(self) -> bool:
        return self._client.is_connected

    async def _step(self, name: str) -> None:
        if self._on_step is not None:
            await self._on_step(name)

    async def _rung(self, _message: Any) -> None:
        if self._active:
            self.ring()
