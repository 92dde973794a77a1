"""Lanes in the database: how far each producer's events of a client took effect, and what waits.

A lane is one client. Its cursors say, per producer, the last client sequence that took effect; a
lane event is one that was received and has not. Both are rows, so a restart forgets nothing and a
waiting event holds neither memory nor a redelivery in the broker.

While something in a lane backs off or is parked, nothing of that client takes effect, of any
producer. While something is missing, what its producer told after it waits, and the others go on.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from careteam_contracts.envelope import Envelope
from shared.messaging import lane_statements as statements
from shared.messaging.delivery import Delivery
from shared.messaging.order import Turn, turn
from shared.messaging.reading import Arrived, Unreadable
from shared.storage.driver import driver_of


@dataclass(slots=True)
class LaneCursors:
    """The cursors of some clients, which of those lanes have something waiting, and who of them is
    erased: what comes of those is heard and has no effect."""

    reached: dict[tuple[UUID, str], int]
    blocked: set[UUID]
    erased: set[UUID] = field(default_factory=set)

    def turn(self, delivery: Delivery) -> Turn:
        """Where an event stands in its producer's count of this client."""
        return turn(
            delivery.client_sequence, self.reached.get((delivery.client_id, delivery.producer), 0)
        )

    def moved(self, delivery: Delivery) -> None:
        """The event took effect."""
        self.reached[delivery.client_id, delivery.producer] = delivery.client_sequence


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits in its lane."""

    delivery: Delivery
    body: bytes
    attempts: int

    @property
    def producer(self) -> str:
        return self.delivery.producer

    @property
    def client_sequence(self) -> int:
        return self.delivery.client_sequence


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one producer's events of one client, both ends included."""

    client_id: UUID
    producer: str
    first: int
    last: int


class LaneStore:
    """Lanes within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._driver = driver_of(connection)

    async def read(self, clients: Iterable[UUID]) -> LaneCursors:
        """The lanes of some clients; the caller holds their locks."""
        asked = sorted(set(clients))
        lanes = LaneCursors({}, set())
        for client_id, producer, sequence in await self._driver.fetch(statements.STANDING, asked):
            if producer is None and sequence is None:
                lanes.blocked.add(client_id)
            elif producer is None:
                lanes.erased.add(client_id)
            else:
                lanes.reached[client_id, producer] = sequence
        return lanes

    async def took_effect(self, applied: Sequence[Delivery]) -> None:
        """Write the inbox rows of these events and move the cursors behind them."""
        if not applied:
            return
        await self._driver.execute(
            statements.TOOK_EFFECT,
            [d.event_id for d in applied],
            [d.producer for d in applied],
            [d.client_id for d in applied],
            [d.client_sequence for d in applied],
            [d.type for d in applied],
            [d.aggregate_version for d in applied],
        )

    async def is_erased(self, client_id: UUID) -> bool:
        """Whether what comes of this client has no effect; the caller holds their lock."""
        return client_id in (await self.read([client_id])).erased

    async def must_wait(self, waiting: Sequence[Arrived]) -> None:
        """Store events that cannot take effect yet; those that are stored already stay as is."""
        if waiting:
            await self._driver.execute_many(statements.WAIT, [_row(arrived) for arrived in waiting])

    async def keep_unreadable(self, messages: Sequence[Unreadable]) -> None:
        """Store messages that have no lane, with whatever they say made storable."""
        for message in messages:
            headers = {_storable(k): _storable(v) for k, v in message.headers.items()}
            await self._driver.execute(
                statements.UNREADABLE,
                message.stream_sequence,
                _storable(message.subject),
                json.dumps(headers),
                message.body,
                message.reason,
            )

    async def due(self) -> list[UUID]:
        """The lanes in which something can be tried now: its turn has come, and nothing failed."""
        return [row["client_id"] for row in await self._driver.fetch(statements.DUE)]

    async def lane(self, client_id: UUID, most: int) -> tuple[list[Waiting], dict[str, int]]:
        """What of a lane can take effect now or after that, in stream order, and its cursors.

        Of each producer, no more than the ``most`` next numbers are looked at: so neither a long
        lane nor what waits behind a gap can hide the event whose turn it is. Nothing at all while
        something in the lane backs off or is parked.
        """
        rows = await self._driver.fetch(statements.LANE, client_id, most)
        cursors = await self._driver.fetch(statements.CURSORS, [client_id])
        reached = {row["producer"]: row["sequence"] for row in cursors}
        return [_waiting(row) for row in rows], reached

    async def urgent(self, types: Sequence[str], after: UUID) -> list[Waiting]:
        """Some of the waiting events of these types, in the order of their ids, beyond an id."""
        rows = await self._driver.fetch(statements.URGENT, list(types), after)
        return [_waiting(row) for row in rows]

    async def remove(self, events: Sequence[UUID]) -> None:
        """Forget lane events: they took effect, now or before."""
        await self._driver.execute(statements.REMOVE, list(events))

    async def postpone(self, event_id: UUID, after_seconds: float, reason: str) -> None:
        """Count a failure; the next try comes after a while."""
        await self._driver.execute(
            statements.POSTPONE, event_id, timedelta(seconds=after_seconds), reason
        )

    async def park(self, event_id: UUID, reason: str) -> bool:
        """Count a failure; no further try before a person asks for it. False: it was parked."""
        return await self._driver.execute(statements.PARK, event_id, reason) == 1

    async def gaps(self, overdue_seconds: float) -> list[Gap]:
        """What is missing for so long that its producer is to be asked, at growing intervals."""
        rows = await self._driver.fetch(statements.GAPS, timedelta(seconds=overdue_seconds))
        return [Gap(row["client_id"], row["producer"], row["first"], row["last"]) for row in rows]

    async def asked_again(self, gap: Gap) -> None:
        """Remember that the producer was asked for what is missing."""
        await self._driver.execute(statements.ASKED_AGAIN, gap.client_id, gap.producer)


def _row(arrived: Arrived) -> tuple[Any, ...]:
    delivery = arrived.delivery
    return (
        delivery.event_id,
        delivery.client_id,
        delivery.producer,
        delivery.client_sequence,
        delivery.course_id,
        delivery.type,
        delivery.stream_sequence,
        json.dumps(delivery.envelope.to_headers()),
        arrived.body,
    )


def _waiting(row: asyncpg.Record) -> Waiting:
    envelope = Envelope.from_headers(row["headers"])
    return Waiting(Delivery(envelope, row["stream_sequence"]), row["payload"], row["attempts"])


def _storable(text: str) -> str:
    """PostgreSQL stores neither a zero byte nor half a surrogate pair."""
    return text.encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
