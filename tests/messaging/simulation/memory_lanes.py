"""The lanes' store in memory: says of its tables what the real one's statements say of theirs."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from shared.messaging.delivery import Delivery
from shared.messaging.lane_store import Gap, LaneCursors, Waiting
from shared.messaging.reading import Arrived, Unreadable
from tests.messaging.simulation.memory import LaneRow, MemoryUnitOfWork, Tables, point


class MemoryLanes:
    """The lanes' store on these tables: says what the statements say."""

    def __init__(self, uow: Any) -> None:
        self._uow: MemoryUnitOfWork = uow
        self._tables: Tables = uow.tables

    async def read(self, clients: Iterable[UUID]) -> LaneCursors:
        asked = set(clients)
        await point()
        return LaneCursors(
            {key: last for key, last in self._tables.cursors.items() if key[0] in asked},
            {row.arrived.delivery.client_id for row in self._tables.lanes.values()} & asked,
        )

    async def is_erased(self, client_id: UUID) -> bool:
        """Nobody is erased here."""
        return client_id in (await self.read([client_id])).erased

    async def took_effect(self, applied: Sequence[Delivery]) -> None:
        await point()
        for delivery in applied:
            if delivery.event_id in self._tables.inbox:
                raise ValueError("duplicate key in the inbox")
            self._uow.does(partial(self._move, delivery))

    def _move(self, delivery: Delivery) -> None:
        self._tables.inbox.add(delivery.event_id)
        self._tables.cursors[delivery.client_id, delivery.producer] = delivery.client_sequence

    async def must_wait(self, waiting: Sequence[Arrived]) -> None:
        await point()
        for one in waiting:
            row = LaneRow(one, self._tables.now)
            self._uow.does(partial(self._tables.lanes.setdefault, one.delivery.event_id, row))

    async def keep_unreadable(self, messages: Sequence[Unreadable]) -> None:
        self._uow.does(lambda: self._tables.unreadable.extend(messages))

    async def due(self) -> list[UUID]:
        await point()
        held_up = self._held_up()
        return sorted(
            {
                row.arrived.delivery.client_id
                for row in self._tables.lanes.values()
                if row.arrived.delivery.client_id not in held_up
                and row.arrived.delivery.client_sequence <= self._reached(row.arrived.delivery) + 1
            }
        )

    async def lane(self, client_id: UUID, most: int) -> tuple[list[Waiting], dict[str, int]]:
        await point()
        if client_id in self._held_up():
            return [], {}
        rows = [
            row
            for row in self._tables.lanes.values()
            if row.arrived.delivery.client_id == client_id
            and row.arrived.delivery.client_sequence <= self._reached(row.arrived.delivery) + most
        ]
        rows.sort(
            key=lambda r: (r.arrived.delivery.stream_sequence, r.arrived.delivery.client_sequence)
        )
        return [Waiting(r.arrived.delivery, r.arrived.body, r.attempts) for r in rows], {
            producer: last
            for (client, producer), last in self._tables.cursors.items()
            if client == client_id
        }

    async def urgent(self, types: Sequence[str], after: UUID) -> list[Waiting]:
        await point()
        found = sorted(
            (i, r)
            for i, r in self._tables.lanes.items()
            if r.arrived.delivery.type in types and i > after
        )
        return [Waiting(r.arrived.delivery, r.arrived.body, r.attempts) for _, r in found]

    async def remove(self, events: Sequence[UUID]) -> None:
        await point()
        for event_id in events:
            self._uow.does(partial(self._tables.lanes.pop, event_id, None))

    async def postpone(self, event_id: UUID, after_seconds: float, _reason: str) -> None:
        await point()

        def change() -> None:
            row = self._tables.lanes.get(event_id)
            if row is not None and not row.parked:
                row.attempts += 1
                row.retry_at = self._tables.now + int(after_seconds)

        self._uow.does(change)

    async def park(self, event_id: UUID, _reason: str) -> bool:
        await point()
        row = self._tables.lanes.get(event_id)
        if row is None or row.parked:
            return False
        self._uow.does(lambda: setattr(row, "parked", True))
        return True

    async def gaps(self, overdue_seconds: float) -> list[Gap]:
        await point()
        first: dict[tuple[UUID, str], LaneRow] = {}
        for row in self._tables.lanes.values():
            key = (row.arrived.delivery.client_id, row.arrived.delivery.producer)
            if (
                key not in first
                or row.arrived.delivery.client_sequence
                < first[key].arrived.delivery.client_sequence
            ):
                first[key] = row
        return [
            Gap(client, producer, self._reached(d) + 1, d.client_sequence - 1)
            for (client, producer), row in first.items()
            for d in (row.arrived.delivery,)
            if d.client_sequence > self._reached(d) + 1
            and self._tables.now - max(row.received_at, row.asked_at or 0) > overdue_seconds
        ]

    async def asked_again(self, gap: Gap) -> None:
        await point()
        for row in self._tables.lanes.values():
            delivery = row.arrived.delivery
            if (delivery.client_id, delivery.producer) == (gap.client_id, gap.producer):
                self._uow.does(partial(setattr, row, "asked_at", self._tables.now))

    def _reached(self, delivery: Delivery) -> int:
        return self._tables.cursors.get((delivery.client_id, delivery.producer), 0)

    def _held_up(self) -> set[UUID]:
        return {
            row.arrived.delivery.client_id
            for row in self._tables.lanes.values()
            if row.parked or row.retry_at > self._tables.now
        }
