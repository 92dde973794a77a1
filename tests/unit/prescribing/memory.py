"""A unit of work in memory: what handlers see, without a database."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from services.prescribing.domain.answers_of_peers import IntakeAnswer, SchedulingAnswer
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.persistence.recorded_gates import RECORDED_GATES
from shared.decisions import Change, Decision
from shared.messaging import Due
from shared.protocol import ClinicProtocol
from shared.storage import Actor, Freshness, NotFound
from tests.support.replayed import assert_replays
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    PROTOCOL,
    ZONE,
    at,
    intake_says,
    scheduling_says,
)

S = TypeVar("S")


class MemoryRepository(Generic[S]):
    def __init__(self, events: list[Any]) -> None:
        self.states: dict[UUID, Any] = {}
        self._events = events

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
        self._events.extend(change.events)
        return change.state


class MemoryChecks(MemoryRepository[Any]):
    async def with_check(self, check_id: UUID) -> Any:
        for state in self.states.values():
            if any(check.check_id == check_id for check in state.checks):
                return state
        raise NotFound("pre-dose check", check_id)


class MemoryRecoveries(MemoryRepository[Any]):
    async def with_clearance(self, clearance_id: UUID) -> Any:
        for state in self.states.values():
            if any(clearance.clearance_id == clearance_id for clearance in state.clearances):
                return state
        raise NotFound("clearance", clearance_id)


@dataclass
class MemoryFacts:
    courses: dict[UUID, CourseFacts] = field(default_factory=dict)

    async def get(self, key: UUID, client_id: UUID) -> CourseFacts:
        return self.courses.get(key) or CourseFacts(course_id=key, client_id=client_id)

    async def fold(
        self, key: UUID, client_id: UUID, step: Callable[[CourseFacts], CourseFacts]
    ) -> None:
        self.courses[key] = step(await self.get(key, client_id))


@dataclass
class MemoryTimers:
    due: dict[tuple[str, UUID], datetime] = field(default_factory=dict)

    async def set(
        self, kind: str, key: UUID, due_at: datetime, *, client_id: UUID, **_payload: Any
    ) -> None:
        assert client_id == CLIENT
        self.due[kind, key] = due_at

    async def cancel(self, kind: str, key: UUID) -> None:
        self.due.pop((kind, key), None)


def due_timer(key: UUID, due_at: datetime) -> Due:
    """The deadline of one aggregate has come."""
    return Due("a deadline", key, CLIENT, due_at, {})


@dataclass
class MemoryReceipts:
    """Whatever is decided in memory is also kept, read and decided again, to the letter."""

    protocol: Callable[[], ClinicProtocol]
    kept: list[Decision] = field(default_factory=list)

    async def record(self, decision: Decision, facts: Any, **_about: Any) -> UUID:
        assert_replays(RECORDED_GATES, decision, facts, self.protocol())
        self.kept.append(decision)
        return uuid4()


class MemoryUnitOfWork:
    """One clinic's prescribing service; a transaction is a snapshot that may be undone."""

    def __init__(self) -> None:
        self.protocol = PROTOCOL
        self.timezone = ZONE
        self.now = at("08:00")
        self.actor = Actor("system")
        self.events: list[Any] = []
        self.concluded: list[Any] = []
        self.facts = MemoryFacts()
        self.timers = MemoryTimers()
        self.receipts = MemoryReceipts(lambda: self.protocol)
        self.lanes: Mapping[str, Freshness] = {
            "intake": Freshness(age_seconds=0.5),
            "scheduling": Freshness(age_seconds=0.5),
        }
        for name in (
            "assessments",
            "registrations",
            "prescriptions",
            "dose_orders",
            "ledgers",
            "adverse_events",
            "summaries",
            "safety_holds",
            "incidents",
            "tasks",
        ):
            setattr(self, name, MemoryRepository(self.events))
        self.checks = MemoryChecks(self.events)
        self.recoveries = MemoryRecoveries(self.events)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    async def protocol_of(self, _course_id: UUID | None) -> ClinicProtocol:
        return self.protocol

    def new_id(self) -> UUID:
        return uuid4()

    async def freshness(self, _client_id: UUID) -> Mapping[str, Freshness]:
        return self.lanes

    async def conclude(self, result: Any) -> None:
        self.concluded.append(result)

    async def course(self, course_id: UUID) -> CourseFacts:
        if course_id not in self.facts.courses:
            raise NotFound("course", course_id)
        return self.facts.courses[course_id]

    def learn(self, step: Callable[[CourseFacts], CourseFacts]) -> None:
        known = self.facts.courses.get(COURSE) or CourseFacts(course_id=COURSE, client_id=CLIENT)
        self.facts.courses[COURSE] = step(known)


class Told(Generic[S]):
    def __init__(self, value: S | None) -> None:
        self._value = value

    def now(self) -> S | None:
        return self._value


@dataclass
class MemoryPeers:
    """Peers that say what they are told to; ``meanwhile`` happens between asking and deciding."""

    intake_answer: IntakeAnswer | None = field(default_factory=intake_says)
    scheduling_answer: SchedulingAnswer | None = field(default_factory=scheduling_says)
    meanwhile: Callable[[], Any] | None = None
    asked: int = 0

    async def intake(self, _course_id: UUID, _session_id: UUID) -> Told[IntakeAnswer]:
        self.asked += 1
        return Told(self.intake_answer)

    async def scheduling(self, _course_id: UUID, _session_id: UUID) -> Told[SchedulingAnswer]:
        self.asked += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        return Told(self.scheduling_answer)


def transactions(uow: MemoryUnitOfWork) -> Callable[[], Any]:
    """``begin`` for gate commands: what raises is undone, as in the database."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[MemoryUnitOfWork]:
        saved = {
            name: dict(value.states)
            for name, value in vars(uow).items()
            if isinstance(value, MemoryRepository)
        }
        told = len(uow.events)
        try:
            yield uow
        except BaseException:
            for name, states in saved.items():
                getattr(uow, name).states = states
            del uow.events[told:]
            raise

    return begin


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
