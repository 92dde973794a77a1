"""Intake in memory: its real handlers and subscriptions, without a database and a bus."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.intake.domain.closing import Obstacle
from services.intake.domain.facts import CourseFacts
from services.intake.handlers import ASKING_TIMERS, TIMERS
from services.intake.handlers.ports import PeerAnswer
from services.intake.subscribers import SUBSCRIPTIONS
from shared.decisions import Change
from shared.messaging import Delivery
from shared.protocol import ClinicProtocol
from shared.storage import Actor, Freshness, NotFound
from tests.unit.intake.courses import MORNING, PROTOCOL

T = TypeVar("T")
_LOOP = asyncio.new_event_loop()
_BY_TYPE = {subscription.model.type: subscription for subscription in SUBSCRIPTIONS}


@dataclass
class MemoryRepository:
    told: list[Any]
    states: dict[UUID, Any] = field(default_factory=dict)

    async def get(self, aggregate_id: UUID) -> Any:
        if aggregate_id not in self.states:
            raise NotFound("aggregate", aggregate_id)
        return self.states[aggregate_id]

    async def find(self, aggregate_id: UUID) -> Any:
        return self.states.get(aggregate_id)

    async def find_by(self, **columns: Any) -> Any:
        found = await self.list_by(**columns)
        if len(found) > 1:
            raise LookupError(f"{len(found)} match {sorted(columns)}")
        return found[0] if found else None

    async def list_by(self, **columns: Any) -> list[Any]:
        return [
            state
            for state in self.states.values()
            if all(getattr(state, name) == value for name, value in columns.items())
        ]

    async def save(self, change: Change[Any, Any]) -> Any:
        self.states[change.state.id] = change.state
        self.told.extend(change.events)
        return change.state

    async def with_signature(self, consent_id: UUID) -> Any:
        for state in self.states.values():
            if state.with_id(consent_id) is not None:
                return state
        raise NotFound("consent", consent_id)


@dataclass
class MemoryFacts:
    courses: dict[UUID, CourseFacts] = field(default_factory=dict)

    async def get(self, course_id: UUID, client_id: UUID) -> CourseFacts:
        return self.courses.get(course_id) or CourseFacts(course_id=course_id, client_id=client_id)

    async def fold(
        self, course_id: UUID, client_id: UUID, step: Callable[[CourseFacts], CourseFacts]
    ) -> CourseFacts:
        self.courses[course_id] = step(await self.get(course_id, client_id))
        return self.courses[course_id]


@dataclass
class MemoryTimers:
    due: dict[tuple[str, UUID], tuple[datetime, Any]] = field(default_factory=dict)

    async def set(
        self, kind: str, key: UUID, due_at: datetime, *, client_id: UUID, **payload: Any
    ) -> None:
        about = SimpleNamespace(key=key, client_id=client_id, payload=payload)
        self.due[kind, key] = (due_at, about)

    async def cancel(self, kind: str, key: UUID) -> None:
        self.due.pop((kind, key), None)


class Silent:
    """Takes what nobody asks for in these tests."""

    def __getattr__(self, _name: str) -> Any:
        async def nothing(*_given: Any, **_named: Any) -> None: ...

        return nothing


@dataclass
class MemoryPeers:
    """Both peers say what of a course is under way; None is no answer."""

    scheduling: tuple[Obstacle, ...] | None = ()
    prescribing: tuple[Obstacle, ...] | None = ()

    async def scheduling_has_under_way(self, _course_id: UUID) -> PeerAnswer | None:
        return _answer(self.scheduling)

    async def prescribing_has_under_way(self, _course_id: UUID) -> PeerAnswer | None:
        return _answer(self.prescribing)


def _answer(obstacles: tuple[Obstacle, ...] | None) -> PeerAnswer | None:
    return None if obstacles is None else PeerAnswer(obstacles, lambda: True)


class MemoryIntake:
    """One service and its unit of work; what a transaction raised is undone."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.now: datetime = MORNING
        self.actor = Actor("system")
        self.timezone = ZoneInfo("America/Los_Angeles")
        self.facts = MemoryFacts()
        self.timers = MemoryTimers()
        self.receipts = self.course_protocols = Silent()
        self.peers = MemoryPeers()
        self.concluded: Any = None
        self._ids = 10_000
        for name in (
            "clients",
            "courses",
            "screenings",
            "consents",
            "questions",
            "safety_holds",
            "reviews",
            "incidents",
        ):
            setattr(self, name, MemoryRepository(self.told))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    async def lock_client(self, _client_id: UUID) -> None: ...

    async def freshness(self, _client_id: UUID) -> Mapping[str, Freshness]:
        return {}

    async def protocol_of(self, _course_id: UUID | None) -> ClinicProtocol:
        return PROTOCOL

    async def conclude(self, result: Any) -> None:
        self.concluded = result

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["MemoryIntake"]:
        repositories = [one for one in vars(self).values() if isinstance(one, MemoryRepository)]
        before = [dict(one.states) for one in repositories]
        facts, timers, told = dict(self.facts.courses), dict(self.timers.due), len(self.told)
        try:
            yield self
        except BaseException:
            for repository, states in zip(repositories, before, strict=True):
                repository.states = states
            self.facts.courses, self.timers.due = facts, timers
            del self.told[told:]
            raise

    def run(self, handler: Callable[[Any, Any], Awaitable[T]], command: Any, actor: Actor) -> T:
        """A command of one transaction."""

        async def work() -> T:
            async with self.begin() as uow:
                return await handler(command, uow)

        self.actor = actor
        return _LOOP.run_until_complete(work())

    def ask(
        self, handler: Callable[[Any, Any, Any], Awaitable[T]], command: Any, actor: Actor
    ) -> T:
        """A command that takes several transactions and asks the peers."""

        async def work() -> T:
            return await handler(command, self.begin, self.peers)

        self.actor = actor
        return _LOOP.run_until_complete(work())

    def fold(self, event: Any, delivery: Delivery) -> None:
        """What happens on receipt, and again with every copy: the fact is written."""
        subscription = _BY_TYPE[event.type]
        if subscription.fold is not None:
            _LOOP.run_until_complete(self._in_one(subscription.fold, event, delivery))

    def hear(self, event: Any, delivery: Delivery) -> None:
        """What happens in the event's place: the fact, then its policy."""
        self.fold(event, delivery)
        policy = _BY_TYPE[event.type].policy
        if policy is not None:
            _LOOP.run_until_complete(self._in_one(policy, event, delivery))

    def fire_timers(self) -> None:
        """Everything that is due by now, each once."""
        for (kind, key), (due_at, about) in sorted(
            self.timers.due.items(), key=lambda item: item[1][0]
        ):
            if due_at > self.now or (kind, key) not in self.timers.due:
                continue
            del self.timers.due[kind, key]
            _LOOP.run_until_complete(self._fire(kind, about))

    async def _fire(self, kind: str, about: Any) -> None:
        self.actor = Actor("system")
        if kind in ASKING_TIMERS:
            await ASKING_TIMERS[kind](about, self.begin, self.peers)
            return
        async with self.begin() as uow:
            await TIMERS[kind](about, uow)

    async def _in_one(self, step: Callable[..., Awaitable[Any]], event: Any, by: Delivery) -> None:
        self.actor = Actor("system")
        async with self.begin() as uow:
            await step(event, by, uow)
