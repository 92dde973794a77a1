"""Notifications in memory: its real handlers, folds and tables, without a database and a bus.

Repositories keep the uniqueness that the tables promise, and store what they keep as JSON, so that
what handlers see has made the same way as in PostgreSQL.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.notifications.domain.vocabulary import Carriage, Channel, Language
from services.notifications.handlers import TIMERS
from services.notifications.handlers.ports import Outgoing, Reachable
from services.notifications.handlers.say import MESSAGE_TIMER
from services.notifications.handlers.send_message import NotSentYet, Sending
from services.notifications.persistence import tables
from shared.decisions import Change, Decision
from shared.protocol import ClinicProtocol
from shared.protocol.loader import DEFAULT_CLINIC, load_protocol
from shared.storage import Actor, AggregateTable, FactsTable, Freshness, NotFound
from tests.unit.notifications.moments import ZONE, at

PROTOCOL: ClinicProtocol = load_protocol(DEFAULT_CLINIC)
NOBODY = Actor("system")


class AlreadyThere(Exception):  # noqa: N818 - a promise of the table
    """Two rows for what there may be one of."""


class MemoryRepository:
    def __init__(self, stored: AggregateTable[Any], told: list[Any]) -> None:
        self._stored = stored
        self._told = told
        self._unique = [
            tuple(column.name for column in constraint.columns)
            for constraint in stored.table.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        ]
        self.states: dict[UUID, Any] = {}

    def _columns(self, state: Any) -> dict[str, Any]:
        base = {"id": state.id, "client_id": state.client_id, "course_id": state.course_id}
        return {**base, **self._stored.derive(state)}

    async def get(self, aggregate_id: UUID) -> Any:
        if aggregate_id not in self.states:
            raise NotFound(self._stored.kind, aggregate_id)
        return self.states[aggregate_id]

    async def find(self, aggregate_id: UUID) -> Any:
        return self.states.get(aggregate_id)

    async def find_by(self, **columns: Any) -> Any:
        found = await self.list_by(**columns)
        assert len(found) <= 1, columns
        return found[0] if found else None

    async def list_by(self, **columns: Any) -> list[Any]:
        wanted = {
            name: set(value) if isinstance(value, tuple | list) else {value}
            for name, value in columns.items()
        }
        return [
            state
            for state in self.states.values()
            if all(self._columns(state)[name] in values for name, values in wanted.items())
        ]

    async def save(self, change: Change[Any, Any]) -> Any:
        state = change.state
        adapter = self._stored.adapter
        kept = adapter.validate_json(adapter.dump_json(state))
        assert kept == state
        mine = self._columns(state)
        for names in self._unique:
            for other in self.states.values():
                theirs = self._columns(other)
                if other.id != state.id and all(mine[n] == theirs[n] for n in names):
                    raise AlreadyThere(self._stored.kind, names)
        self.states[state.id] = kept
        self._told.extend(change.events)
        return kept


class MemoryFacts:
    def __init__(self, stored: FactsTable[Any]) -> None:
        self._stored = stored
        self.known: dict[UUID, Any] = {}

    async def find(self, key: UUID) -> Any:
        return self.known.get(key)

    async def get(self, key: UUID, client_id: UUID) -> Any:
        found = self.known.get(key)
        return self._stored.empty(key, client_id) if found is None else found

    async def fold(self, key: UUID, client_id: UUID, step: Any) -> Any:
        self.known[key] = step(await self.get(key, client_id))
        return self.known[key]


@dataclass(frozen=True)
class MemoryDue:
    kind: str
    key: UUID
    client_id: UUID
    due_at: datetime
    payload: Mapping[str, Any]


@dataclass
class MemoryTimers:
    waiting: dict[tuple[str, UUID], MemoryDue] = field(default_factory=dict)

    async def set(
        self, kind: str, key: UUID, due_at: datetime, *, client_id: UUID, **payload: Any
    ) -> None:
        self.waiting[kind, key] = MemoryDue(kind, key, client_id, due_at, payload)

    async def cancel(self, kind: str, key: UUID) -> None:
        self.waiting.pop((kind, key), None)

    def due(self, now: datetime) -> list[MemoryDue]:
        ripe = [one for one in self.waiting.values() if one.due_at <= now]
        return sorted(ripe, key=lambda one: (one.due_at, one.kind, one.key))


@dataclass
class MemoryReceipts:
    kept: list[Decision] = field(default_factory=list)

    async def record(self, decision: Decision, *_facts: Any, **_about: Any) -> UUID:
        self.kept.append(decision)
        return UUID(int=len(self.kept))


@dataclass
class MemoryChannel:
    """``says`` is its outcome. ``mumbles``: it takes the message, and the answer is lost."""

    says: Carriage = Carriage.TAKEN
    mumbles: bool = False
    taken: list[tuple[datetime, Outgoing]] = field(default_factory=list)

    async def __call__(self, outgoing: Outgoing, _begin: Any) -> Carriage:
        if outgoing.message_id in {one.message_id for _, one in self.taken}:
            return Carriage.TAKEN
        if self.says is Carriage.TAKEN:
            self.taken.append((outgoing.at, outgoing))
            if self.mumbles:
                raise ConnectionResetError
        return self.says


@dataclass
class MemoryPeers:
    """``contact`` is what the owner answers, None: it does not."""

    contact: Reachable | None
    escort: Reachable | None

    async def client_contact(self, _client_id: UUID) -> Reachable | None:
        return self.contact

    async def escort_contact(self, *_about: Any) -> Reachable | None:
        return self.escort


def reachable(*allowed: Channel) -> Reachable:
    addresses = {Channel.SMS: "+15550142", Channel.EMAIL: "q@example.org", Channel.VOICE: "+15550"}
    return Reachable(language=Language.ENGLISH, allowed=frozenset(allowed), addresses=addresses)


class MemoryClinic:
    """One transaction after the other. It is its own unit of work."""

    def __init__(self, protocol: ClinicProtocol = PROTOCOL) -> None:
        self.protocol = protocol
        self.timezone = ZONE
        self.now = at("09:00")
        self.actor = NOBODY
        self.told: list[Any] = []
        self.timers = MemoryTimers()
        self.receipts = MemoryReceipts()
        self.aftercare_plans = MemoryRepository(tables.AFTERCARE_PLANS, self.told)
        self.check_ins = MemoryRepository(tables.CHECK_INS, self.told)
        self.escalations = MemoryRepository(tables.ESCALATIONS, self.told)
        self.messages = MemoryRepository(tables.MESSAGES, self.told)
        self.tasks = MemoryRepository(tables.TASKS, self.told)
        self.notices = MemoryRepository(tables.NOTICES, self.told)
        self.staff_preferences = MemoryRepository(tables.STAFF_PREFERENCES, self.told)
        self.course_facts = MemoryFacts(tables.COURSE_FACTS)
        self.client_facts = MemoryFacts(tables.CLIENT_FACTS)
        self.session_courses = MemoryFacts(tables.SESSION_COURSES)
        self.channels = {channel: MemoryChannel() for channel in Channel}
        self.peers = MemoryPeers(reachable(Channel.SMS, Channel.EMAIL), reachable(Channel.SMS))
        self.sending = Sending(self.channels)
        self._loop = asyncio.new_event_loop()
        self._ids = 0

    def run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        self._loop.close()

    async def protocol_of(self, _course_id: UUID | None) -> ClinicProtocol:
        return self.protocol

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=10**6 + self._ids)

    async def freshness(self, _client_id: UUID) -> Mapping[str, Freshness]:
        return {}

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["MemoryClinic"]:
        yield self

    async def fire_due(self) -> None:
        """Everything that is due; a message that nobody took is left for the next time."""
        left: set[tuple[str, UUID]] = set()
        while ripe := [d for d in self.timers.due(self.now) if (d.kind, d.key) not in left]:
            due = ripe[0]
            if due.kind != MESSAGE_TIMER:
                await self.timers.cancel(due.kind, due.key)
                await TIMERS[due.kind](due, self)  # type: ignore[arg-type]
                continue
            try:
                await self.sending(due, self.begin, self.peers)  # type: ignore[arg-type]
            except NotSentYet:
                left.add((due.kind, due.key))
            else:
                if self.timers.waiting.get((due.kind, due.key)) is due:
                    await self.timers.cancel(due.kind, due.key)

    async def by(self, actor: Actor, work: Any) -> Any:
        """Run a command as somebody."""
        self.actor = actor
        try:
            return await work
        finally:
            self.actor = NOBODY

    def taken(self) -> list[tuple[Channel, datetime, Outgoing]]:
        """What went out, by any channel."""
        return [(c, when, out) for c, ch in self.channels.items() for when, out in ch.taken]
