"""A small world around one listener: producers, a stream that misbehaves, and a strict ledger.

Everything is decided by one seed. The stream loses messages, stores them twice and out of order,
delivers again what was not acknowledged, in any order; handlers fail as often as they were told to;
the listener's process is cut off at any point where it waits. The ledger looks at each commit and
at each acknowledgement, and at the end, when everything must be still:

* each effect once (A4), and in its producer's order for its client (A5);
* what is acknowledged is in the database, having taken effect or waiting (A1);
* what is urgent and acknowledged has been folded (ruling 4);
* at the end nothing waits, and everything that was said took effect.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from careteam_contracts import intake, scheduling
from careteam_contracts.base import Event
from shared.messaging import Subscription
from shared.messaging.delivery import Delivery
from tests.messaging.simulation.memory import MemoryUnitOfWork, Tables
from tests.messaging.simulation.sayings import Said, what_is_said

CLIENTS = 2
PRODUCERS = ("intake", "scheduling")


class BrokenPromiseError(AssertionError):
    """A promise was broken."""


@dataclass
class StoredMessage:
    """A message in the stream, and what the durable knows of it."""

    subject: str
    headers: dict[str, str]
    data: bytes
    event_id: UUID
    reply: str
    acknowledged: bool = False
    world: "World | None" = None

    async def ack(self) -> None:
        assert self.world is not None
        self.world.acknowledged(self)


@dataclass
class World:
    """Producers, stream and ledger."""

    random: Random
    tables: Tables = field(init=False)
    said: list[Said] = field(default_factory=list)
    stream: list[StoredMessage] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    in_flight: list[int] = field(default_factory=list)
    unpublished: list[Said] = field(default_factory=list)
    failures: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    effects: list[UUID] = field(default_factory=list)
    reached: dict[tuple[UUID, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = Tables(self)
        for number in range(CLIENTS * len(PRODUCERS)):
            client = UUID(int=1 + number % CLIENTS)
            self._speak(client, PRODUCERS[number // CLIENTS], self.random.randint(2, 5))
        self.unpublished = list(self.said)
        self._mix_up()

    def _speak(self, client: UUID, producer: str, count: int) -> None:
        for sequence in range(1, count + 1):
            urgent = producer == "scheduling" or self.random.random() < 0.3
            said = what_is_said(producer, client, sequence, urgent)
            if self.random.random() < 0.12:
                self.failures[said.event_id] = self.random.randint(1, 6)
            self.said.append(said)

    def _mix_up(self) -> None:
        """Producers speak at the same time; some of what they say changes places on the way."""
        spread = self.random.choice((0, 0, 3, 20))
        places = {s.event_id: i + self.random.uniform(0, spread) for i, s in enumerate(self.said)}
        if self.random.random() < 0.7:
            by_producer = sorted(self.said, key=lambda s: (s.sequence, s.producer))
            places = {
                s.event_id: i + self.random.uniform(0, spread) for i, s in enumerate(by_producer)
            }
        self.unpublished.sort(key=lambda s: places[s.event_id])

    # The stream.

    def publish_next(self) -> None:
        """A relay's step: stored, lost on the way, or stored and not answered for."""
        said = self.unpublished.pop(0)
        fate = self.random.random()
        if fate < 0.1:
            self.stored(said, lost=True)
            return
        self.stored(said)
        if fate < 0.3:
            self.unpublished.insert(self.random.randint(0, len(self.unpublished)), said)

    def stored(self, said: Said, *, lost: bool = False) -> None:
        sequence = len(self.stream) + 1
        if not lost:
            self.open.append(sequence - 1)
        self.stream.append(
            StoredMessage(
                said.subject,
                said.headers,
                said.body,
                said.event_id,
                f"$JS.ACK.S.c.1.{sequence}.{sequence}.0.0",
                acknowledged=lost,
                world=self,
            )
        )

    def say_again(self, producer: str, client: UUID, first: int, last: int) -> None:
        """What a producer does when it is asked for what is missing."""
        for said in self.said:
            if (said.producer, said.client) == (producer, client) and (
                first <= said.sequence <= last
            ):
                self.unpublished.append(said)

    def reconcile(self) -> None:
        """What relays do when they find that the stream lost its end: nothing later shows a gap."""
        if not self.unpublished and not self.tables.lanes:
            self.unpublished = [s for s in self.said if s.event_id not in self.effects]

    def deliver(self, most: int) -> list[StoredMessage]:
        """What the broker delivers next: old and new, not always in order."""
        if not self.open:
            return []
        count = 1 + int(self.random.random() * most)
        batch, self.open = self.open[:count], self.open[count:]
        if self.random.random() < 0.2:
            self.random.shuffle(batch)
        self.in_flight += batch
        return [self.stream[i] for i in batch]

    def delivery_lapses(self) -> None:
        """What was delivered and not acknowledged is open again, before what is new."""
        again = [i for i in self.in_flight if not self.stream[i].acknowledged]
        self.open, self.in_flight = sorted(again) + self.open, []

    def everything_acknowledged(self) -> bool:
        return not (self.unpublished or self.open or self.in_flight)

    # The ledger.

    def took_effect(self, delivery: Delivery) -> None:
        key = (delivery.client_id, delivery.producer)
        if delivery.event_id in self.effects:
            raise BrokenPromiseError(f"{delivery.event_id.int} took effect twice")
        if delivery.client_sequence != self.reached.get(key, 0) + 1:
            raise BrokenPromiseError(f"{delivery.client_sequence} after {self.reached.get(key, 0)}")
        self.reached[key] = delivery.client_sequence
        self.effects.append(delivery.event_id)

    def acknowledged(self, message: StoredMessage) -> None:
        message.acknowledged = True
        known = message.event_id in self.tables.lanes or message.event_id in self.effects
        if not known:
            raise BrokenPromiseError(f"{message.event_id.int} was acknowledged and is nowhere")
        said = next(s for s in self.said if s.event_id == message.event_id)
        if said.urgent and message.event_id not in self.tables.folded:
            raise BrokenPromiseError(f"{message.event_id.int} is urgent and was not folded")

    def at_the_end(self) -> None:
        missing = [s.event_id.int for s in self.said if s.event_id not in self.effects]
        if missing:
            raise BrokenPromiseError(f"{missing} never took effect")
        if self.tables.lanes:
            raise BrokenPromiseError("something still waits")

    # The listener's handlers.

    def subscriptions(self) -> dict[str, Subscription[Any, Any]]:
        models: tuple[type[Event], ...] = (
            intake.ContactPreferencesChanged,
            intake.ConsentWithdrawn,
            scheduling.EscortCancelled,
        )
        return {m.type: Subscription(m, fold=self._fold, policy=self._policy) for m in models}

    async def _fold(self, _event: Event, delivery: Delivery, uow: MemoryUnitOfWork) -> None:
        uow.does(lambda: self.tables.folded.add(delivery.event_id))

    async def _policy(self, _event: Event, delivery: Delivery, uow: MemoryUnitOfWork) -> None:
        if self.failures[delivery.event_id] > 0:
            self.failures[delivery.event_id] -= 1
            raise RuntimeError("ordered to fail")
        uow.does(lambda: self.took_effect(delivery))
