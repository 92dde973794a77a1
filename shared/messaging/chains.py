"""Rows on their way to the stream: of one client one at a time, of all clients side by side.

A client's next row is sent the moment the one before it is acknowledged, and never earlier; so the
stream cannot hold a row without those before it, whatever is lost on the way. A row that the stream
declines, or says nothing to, ends its client's chain for this time and no other's.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from nats.errors import BadHeaderError, BadSubjectError, MaxPayloadError
from nats.errors import Error as NatsError

from shared.messaging.stream import Declined, Lost, Stored, StreamPublisher, Word

log = structlog.get_logger()

ACK_SECONDS: Final = 2.0
_SENDING_SECONDS: Final = 1.0
"""After this the chains are not continued: what is acknowledged gets marked, others have a turn."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox, as it is sent."""

    position: int
    client_id: UUID
    subject: str
    headers: dict[str, str]
    payload: bytes


@dataclass(slots=True)
class Landed:
    """What became of the rows: acknowledged (position and sequence), or whose row was not taken.

    ``lost``: the connection broke meanwhile, and nothing follows from an answer that is missing.
    """

    done: list[tuple[int, int]] = field(default_factory=list)
    stuck: set[UUID] = field(default_factory=set)
    lost: bool = False


@dataclass(slots=True)
class _Flight:
    row: Row
    number: str
    gone_at: float


class Chains:
    """Publishes rows, each client's in order."""

    def __init__(
        self,
        publisher: StreamPublisher,
        rows: Iterable[Row],
        on_step: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._publisher = publisher
        self._waiting: defaultdict[UUID, deque[Row]] = defaultdict(deque)
        for row in rows:
            self._waiting[row.client_id].append(row)
        self._on_step = on_step
        self._flying: dict[int, _Flight] = {}
        self._words: asyncio.Queue[tuple[int, Word]] = asyncio.Queue()
        self._landed = Landed()
        self._send_until = time.monotonic() + _SENDING_SECONDS

    async def publish(self) -> Landed:
        """Send, and wait until every row that was sent is answered for or given up."""
        try:
            for client in list(self._waiting):
                await self._next_of(client)
            while self._flying:
                await self._hear()
        finally:
            for flight in self._flying.values():
                self._publisher.forget(flight.number)
        return self._landed

    async def _next_of(self, client: UUID) -> None:
        chain = self._waiting[client]
        if not chain or time.monotonic() > self._send_until:
            return
        row = chain.popleft()
        if self._on_step is not None:
            await self._on_step("about to publish")
        try:
            number = await self._publisher.send(
                row.subject,
                row.payload,
                row.headers,
                lambda word: self._words.put_nowait((row.position, word)),
            )
        except (BadHeaderError, BadSubjectError, MaxPayloadError) as error:
            # The library refuses the row itself: it would do so every time.
            log.warning("row cannot be published", error=type(error).__name__)
            self._landed.stuck.add(client)
        except NatsError:
            self._landed.lost = True
            self._send_until = 0.0
        else:
            self._flying[row.position] = _Flight(row, number, time.monotonic() + ACK_SECONDS)

    async def _hear(self) -> None:
        oldest = next(iter(self._flying.values()))
        try:
            async with asyncio.timeout(max(0.0, oldest.gone_at - time.monotonic())):
                heard = await self._words.get()
        except TimeoutError:
            self._give_up()
            return
        await self._take(*heard)
        while not self._words.empty():
            await self._take(*self._words.get_nowait())

    async def _take(self, position: int, word: Word) -> None:
        flight = self._flying.pop(position, None)
        if flight is None:
            return
        client = flight.row.client_id
        match word:
            case Stored(sequence=sequence):
                self._landed.done.append((position, sequence))
                if self._on_step is not None:
                    await self._on_step("published")
                await self._next_of(client)
            case Declined(code=code):
                log.warning("publish declined", code=code)
                self._landed.stuck.add(client)
            case Lost():
                self._landed.lost = True

    def _give_up(self) -> None:
        now = time.monotonic()
        for position, flight in list(self._flying.items()):
            if flight.gone_at <= now:
                del self._flying[position]
                self._publisher.forget(flight.number)
                self._landed.stuck.add(flight.row.client_id)
