"""Thousands of schedules of the real consumer and lanes, and faults that the ledger must see."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from shared.messaging import consumer, gaps, lanes
from shared.messaging.consumer import Consumer
from shared.messaging.delivery import Delivery
from shared.messaging.lane_store import LaneCursors, Waiting
from shared.messaging.order import Turn, turn
from shared.messaging.reading import Arrived
from tests.messaging.simulation.memory_lanes import MemoryLanes
from tests.messaging.simulation.schedule import Parts, Process, run
from tests.messaging.simulation.world import BrokenPromiseError

SCHEDULES = 2000
CHUNKS = 4
TRIES = 150


class Silent:
    """A log that nobody reads."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_values: None


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (consumer, lanes, gaps):
        monkeypatch.setattr(module, "log", Silent())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_schedule_keeps_the_promises(chunk: int, record_property: Any) -> None:
    started = time.perf_counter()
    effects = 0
    for seed in range(chunk * SCHEDULES // CHUNKS, (chunk + 1) * SCHEDULES // CHUNKS):
        try:
            effects += len(run(seed).effects)
        except BrokenPromiseError as broken:
            pytest.fail(f"seed {seed}: {broken}")
    assert effects > SCHEDULES // CHUNKS * 8
    record_property("schedules_per_second", SCHEDULES / CHUNKS / (time.perf_counter() - started))


def test_a_seed_says_everything() -> None:
    assert [run(5).effects, run(6).effects] == [run(5).effects, run(6).effects]


class _AlwaysNext(LaneCursors):
    def turn(self, delivery: Delivery) -> Turn:
        return Turn.NEXT


class _NeverEarly(LaneCursors):
    def turn(self, delivery: Delivery) -> Turn:
        reached = self.reached.get((delivery.client_id, delivery.producer), 0)
        found = turn(delivery.client_sequence, reached)
        return Turn.NEXT if found is Turn.EARLY else found


class NoCursors(MemoryLanes):
    """Neither cursors nor an inbox are looked at."""

    async def read(self, clients: Any) -> LaneCursors:
        return _AlwaysNext({}, (await super().read(clients)).blocked)

    async def took_effect(self, applied: Sequence[Delivery]) -> None:
        for delivery in applied:
            self._uow.does(partial(self._move, delivery))


class NoWaiting(MemoryLanes):
    """What is early takes effect at once."""

    async def read(self, clients: Any) -> LaneCursors:
        found = await super().read(clients)
        return _NeverEarly(found.reached, found.blocked)


class NothingIsStored(MemoryLanes):
    """What has to wait is forgotten."""

    async def must_wait(self, waiting: Sequence[Arrived]) -> None:
        return None


class CursorForgotten(MemoryLanes):
    """The cursor does not move with the effect."""

    def _move(self, delivery: Delivery) -> None:
        return None


class LaneNotLeft(MemoryLanes):
    """What took effect stays in its lane, and the cursor does not move for the lanes."""

    async def remove(self, events: Sequence[UUID]) -> None:
        return None


class GapsAreSkipped(MemoryLanes):
    """A lane takes what it has, whatever is missing before it."""

    async def due(self) -> list[UUID]:
        return sorted({row.arrived.delivery.client_id for row in self._tables.lanes.values()})

    async def lane(self, client_id: UUID, most: int) -> tuple[list[Waiting], dict[str, int]]:
        waiting, reached = await super().lane(client_id, 1000)
        for one in waiting[:1]:
            reached[one.producer] = one.client_sequence - 1
        return waiting, reached


class NobodyIsAsked(MemoryLanes):
    """Gaps are not looked for."""

    async def gaps(self, overdue_seconds: float) -> list[Any]:
        return []


class AcknowledgesFirst(Consumer[Any]):
    """The broker is told before the database."""

    async def take(self, messages: Any) -> None:
        for message in messages:
            await message.ack()
        await super().take(messages)


class NothingIsUrgent(Consumer[Any]):
    """What waits is not folded on receipt."""

    async def _fold_urgent(self, arrived: Arrived) -> None:
        return None


def _effect_before_its_place(process: Process) -> None:
    """A failed event's transaction is kept: what it did before it failed is not undone."""
    world = process.world
    policy = world._policy

    async def hasty(event: Any, delivery: Delivery, uow: Any) -> None:
        world.took_effect(delivery)
        await policy(event, delivery, uow)

    for subscription in process.consumer._subscriptions.values():
        object.__setattr__(subscription, "policy", hasty)


FAULTS = {
    "no cursors": Parts(store=NoCursors),
    "early is next": Parts(store=NoWaiting),
    "early is forgotten": Parts(store=NothingIsStored),
    "cursor does not move": Parts(store=CursorForgotten),
    "lane is not left": Parts(store=LaneNotLeft),
    "gaps are skipped": Parts(store=GapsAreSkipped),
    "nobody is asked": Parts(store=NobodyIsAsked),
    "acknowledged before the commit": Parts(consumer=AcknowledgesFirst),
    "urgent waits": Parts(consumer=NothingIsUrgent),
    "effect outside the transaction": Parts(after=_effect_before_its_place),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_ledger_sees_a_planted_fault(fault: str) -> None:
    """The twins: each guard taken out is noticed within a few schedules."""
    for seed in range(TRIES):
        try:
            run(seed, FAULTS[fault])
        except (BrokenPromiseError, ValueError):
            return
    pytest.fail(f"{TRIES} schedules passed with a planted fault: {fault}")
