"""One service of the simulated clinic: its real handlers, events and answers over a store."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import coroutine
from typing import Any, Protocol, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole
from careteam_contracts.envelope import Envelope
from services.notifications.handlers.send_message import NotSentYet
from shared.messaging import Answer, Due
from shared.messaging.applying import apply, fold_at_once
from shared.messaging.delivery import Delivery
from shared.messaging.order import Turn, in_turn, turn
from shared.messaging.reading import Arrived
from shared.messaging.subscriptions import by_type
from shared.protocol import ProtocolLibrary
from shared.serving.definition import ServiceDefinition
from shared.storage import Actor, Context, Freshness
from shared.storage.context import SYSTEM
from tests.simulation.memory_parts import MemoryPins
from tests.simulation.store import Store, Told
from tests.simulation.unit_of_work import InMemory, in_memory

CLINIC = UUID(int=7)
PATIENCE = timedelta(seconds=30)
ZONE = ZoneInfo("America/Los_Angeles")


@coroutine
def point() -> Generator[None, None, None]:
    """Somebody else may go on here."""
    yield


class Surroundings(Protocol):
    """What a service needs of its clinic."""

    @property
    def now(self) -> Any: ...
    def seconds(self) -> float: ...
    def new_id(self) -> UUID: ...
    def ask(self, asker: str, question: Any, ask: Any) -> Awaitable[Any]: ...
    def committed(self, service: "Service", uow: InMemory, told: list[Told]) -> None: ...
    def freshness(self, service: "Service", client_id: UUID) -> Mapping[str, Freshness]: ...


@dataclass
class Asker:
    """Asks through the clinic; no answer is None."""

    service: str
    around: Surroundings

    async def ask(self, question: Any, ask: Any) -> Answer[Any] | None:
        asked_at = self.around.seconds()
        value = await self.around.ask(self.service, question, ask)
        return None if value is None else Answer(value, asked_at)


@dataclass
class Service:
    """A service's process. Transactions of one service follow each other, as its locks have it."""

    definition: ServiceDefinition[Any]
    protocols: ProtocolLibrary
    around: Surroundings
    store: Store = field(default_factory=Store)
    put_off: dict[tuple[str, UUID], datetime] = field(default_factory=dict)
    peers: Any = field(init=False)

    def __post_init__(self) -> None:
        asker: Any = Asker(self.name, self.around)
        self.peers = self.definition.peers(asker)
        self._subscriptions = by_type(self.definition.subscriptions)
        self._opened = in_memory(self.definition.unit_of_work)

    @property
    def name(self) -> str:
        return self.definition.name

    def open(self, context: Context) -> InMemory:
        return self._opened(
            context,
            store=self.store,
            ids=self.around.new_id,
            heard=lambda client: self.around.freshness(self, client),
            protocols=self.protocols,
            timezone=ZONE,
        )

    @asynccontextmanager
    async def begin(self, actor: Actor = SYSTEM) -> AsyncIterator[InMemory]:
        """One transaction, whole or not at all; others may go before it and after it."""
        await point()
        now = self.around.now
        uow = self.open(Context(actor=actor, now=now, correlation_id=self.around.new_id()))
        yield uow
        told = self._say(uow)
        uow.commit()
        self.store.outbox.extend(told)
        self.around.committed(self, uow, told)

    def _say(self, uow: InMemory) -> list[Told]:
        """Number and word the staged events as the outbox does."""
        pins = cast("MemoryPins", uow.course_protocols)
        return [
            self._numbered(
                self.definition.publish(event),
                client=state.client_id,
                course=state.course_id,
                aggregate=state.id,
                at=event.at,
                context=context,
                protocol=pins.version(state.course_id),
            )
            for _kind, state, event, context in uow.staged
        ]

    def word(self, event: Event, about: Envelope) -> Told:
        """An event that nobody's handler said, about the client of another."""
        context = Context(actor=SYSTEM, now=self.around.now, correlation_id=self.around.new_id())
        return self._numbered(
            event,
            client=about.client_id,
            course=about.course_id,
            aggregate=about.aggregate_id,
            at=context.now,
            context=context,
            protocol=about.protocol_version,
        )

    def _numbered(
        self,
        said: Event,
        *,
        client: UUID,
        course: UUID | None,
        aggregate: UUID,
        at: datetime,
        context: Context,
        protocol: int,
    ) -> Told:
        sequence = self.store.client_sequences.get(client, 0) + 1
        version = self.store.aggregate_versions.get(aggregate, 0) + 1
        self.store.client_sequences[client] = sequence
        self.store.aggregate_versions[aggregate] = version
        envelope = Envelope(
            event_id=self.around.new_id(),
            type=said.type,
            producer=said.producer,
            aggregate_type=said.aggregate_type,
            aggregate_id=aggregate,
            aggregate_version=version,
            client_sequence=sequence,
            client_id=client,
            course_id=course,
            clinic_id=CLINIC,
            protocol_version=protocol,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            actor_role=ActorRole(context.actor.role),
            actor_ref=context.actor.ref,
            occurred_at=at,
            recorded_at=context.now,
        )
        return Told(envelope, said, said.subject(client), said.to_body(), 0)

    async def command(
        self, handler: Callable[..., Any], command: Any, actor: Actor, *, asks: bool
    ) -> Any:
        """A person's command, at the edge: one transaction, or several with questions between."""
        if asks:
            return await handler(command, lambda: self.begin(actor), self.peers)
        async with self.begin(actor) as uow:
            return await handler(command, uow)

    async def receive(self, told: Told) -> None:
        """A message takes effect in its turn, or waits; what is urgent folds at once."""
        delivery = Delivery(told.envelope, told.place)
        arrived = Arrived(delivery, told.body, self._subscriptions.get(told.envelope.type))
        client, producer = delivery.client_id, delivery.producer
        match turn(delivery.client_sequence, self.store.cursors.get((client, producer), 0)):
            case Turn.PAST:
                return
            case Turn.EARLY:
                known = delivery.event_id in self.store.waiting
                self.store.waiting[delivery.event_id] = arrived
                if arrived.urgent and not known:
                    async with self.begin() as uow:
                        await fold_at_once(arrived, uow)
                        self.store.folded.add(delivery.event_id)
                return
            case Turn.NEXT:
                self.store.waiting[delivery.event_id] = arrived
        await self._drain(client)

    async def _drain(self, client: UUID) -> None:
        lane = [a for a in self.store.waiting.values() if a.delivery.client_id == client]
        reached = {p: last for (c, p), last in self.store.cursors.items() if c == client}
        by_delivery = {one.delivery.event_id: one for one in lane}
        order = sorted((one.delivery for one in lane), key=lambda d: d.stream_sequence)
        for delivery, place in list(in_turn(order, reached, len(order))):
            arrived = by_delivery[delivery.event_id]
            if place is Turn.NEXT:
                async with self.begin() as uow:
                    await apply(arrived, uow)
                    self.store.folded.add(delivery.event_id)
            self.store.waiting.pop(delivery.event_id, None)
            key = (client, delivery.producer)
            self.store.cursors[key] = max(self.store.cursors.get(key, 0), delivery.client_sequence)

    def due(self) -> Iterable[tuple[str, UUID]]:
        """Timers whose time has come."""
        now = self.around.now
        return sorted(
            (
                key
                for key, timer in self.store.timers.items()
                if timer.due_at <= now and self.put_off.get(key, now) <= now
            ),
            key=lambda key: (self.store.timers[key].due_at, key[0], str(key[1])),
        )

    async def fire(self, kind: str, key: UUID) -> None:
        """A timer comes due: one that asks keeps its row until it is done."""
        timer = self.store.timers[kind, key]
        due = Due(kind, key, timer.client_id, timer.due_at, timer.payload)
        asking = self.definition.asking_timers.get(kind)
        if asking is not None:
            try:
                await asking(due, self.begin, self.peers)
            except NotSentYet:
                self.put_off[kind, key] = self.around.now + PATIENCE
                return
            if self.store.timers.get((kind, key)) == timer:
                del self.store.timers[kind, key]
            return
        async with self.begin() as uow:
            if self.store.timers.get((kind, key)) != timer:
                return
            await uow.timers.cancel(kind, key)
            await self.definition.timers[kind](due, uow)

    async def answer(self, question: Any, ask: Any) -> Any:
        """Answer from what is committed."""
        async with self.begin() as uow:
            answered = await self.definition.answers[question](ask, uow)
        return question.answer.model_validate_json(answered.model_dump_json())
