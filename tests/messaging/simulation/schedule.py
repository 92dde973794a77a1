"""One schedule: who goes on at each point, and who is cut off, by a seed.

The consumer, the lanes' worker and the gaps' asking are the real ones. They are not run by an event
loop: each of their coroutines is taken one step further when it is its turn, so that a seed says
everything about a run, and thousands of runs take seconds.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from shared.messaging.consumer import Consumer
from shared.messaging.gaps import Gaps
from shared.messaging.lanes import Lanes
from shared.messaging.pace import Pace
from shared.messaging.testing import Crash
from tests.messaging.simulation.memory import MemoryTransactions
from tests.messaging.simulation.memory_lanes import MemoryLanes
from tests.messaging.simulation.world import BrokenPromiseError, World

PACE = Pace(back_off=(3.0, 6.0, 12.0), handler=None, gap=20.0, fold=0.0)
LONGEST = 6000
CRASHES_END = 600
_BATCH = 6


@dataclass
class Parts:
    """What the process is made of; a planted fault replaces one."""

    consumer: type[Consumer[Any]] = Consumer
    lanes: type[Lanes[Any]] = Lanes
    store: type[MemoryLanes] = MemoryLanes
    after: Callable[["Process"], None] = lambda _process: None


@dataclass
class Process:
    """The listener's process: its parts, and where each of them is."""

    world: World
    parts: Parts
    consumer: Consumer[Any] = field(init=False)
    lanes: Lanes[Any] = field(init=False)
    gaps: Gaps[Any] = field(init=False)
    at: dict[str, Coroutine[Any, Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transactions: Any = MemoryTransactions(self.world.tables)
        store: Any = self.parts.store
        subscriptions = self.world.subscriptions()
        self.lanes = self.parts.lanes(
            transactions, subscriptions, ask_again=self._ask, pace=PACE, lanes=store
        )
        self.consumer = self.parts.consumer(
            transactions,
            subscriptions,
            on_waiting=lambda: None,
            on_unfolded=self.lanes.fold_again,
            pace=PACE,
            lanes=store,
        )
        self.gaps = Gaps(transactions, self._ask, overdue_seconds=PACE.gap, lanes=store)
        self.parts.after(self)

    async def _ask(self, producer: str, client_id: UUID, first: int, last: int) -> bool:
        if self.world.random.random() < 0.3:
            return False
        self.world.say_again(producer, client_id, first, last)
        return True

    def go_on(self, chance: float) -> None:
        """One of the parts goes one step further, or begins something where there is something."""
        name = "consumer" if chance < 0.5 else "lanes" if chance < 0.97 else "gaps"
        if name not in self.at:
            self._begin(name)
        if name in self.at:
            try:
                self.at[name].send(None)
            except StopIteration:
                del self.at[name]

    def _begin(self, name: str) -> None:
        if name == "consumer":
            batch: Any = self.world.deliver(_BATCH)
            if batch:
                self.at[name] = self.consumer.take(batch)
        elif self.world.tables.lanes:
            self.at[name] = self.lanes.work() if name == "lanes" else self.gaps.ask()

    def cut_off(self) -> None:
        """The process dies: nobody of it does anything any more, its transactions are undone."""
        for coroutine in self.at.values():
            with suppress(Crash, StopIteration):
                coroutine.throw(Crash())
        self.end()
        self.world.tables.locks.clear()
        self.world.delivery_lapses()

    def end(self) -> None:
        """Let go of what is not finished."""
        for coroutine in self.at.values():
            coroutine.close()
        self.at.clear()


def run(seed: int, parts: Parts | None = None) -> World:
    """Run one schedule to its end; raises :class:`BrokenPromiseError`."""
    random = Random(seed)
    chance = random.random
    world = World(random)
    process = Process(world, parts or Parts())
    crashes = random.choice((0.0, 0.005, 0.02))
    for step in range(LONGEST):
        world.tables.now += 1
        if world.unpublished and chance() < 0.4:
            world.publish_next()
        if step < CRASHES_END and crashes and chance() < crashes:
            process.cut_off()
            process = Process(world, process.parts)
        process.go_on(chance())
        if step % 20 == 0:
            if "consumer" not in process.at:
                world.delivery_lapses()
            if chance() < 0.1:
                _operator_retries(world)
                world.reconcile()
            if _still(world, process):
                break
    else:
        raise BrokenPromiseError("no end in sight")
    process.end()
    world.at_the_end()
    return world


def _operator_retries(world: World) -> None:
    """Now and then a person looks at what is parked and lets it try again."""
    for row in world.tables.lanes.values():
        row.parked, row.retry_at, row.attempts = False, 0, 0


def _still(world: World, process: Process) -> bool:
    return (
        world.everything_acknowledged()
        and not world.tables.lanes
        and "consumer" not in process.at
        and len(world.effects) >= len(world.said)
    )
