"""The parts of a unit of work that would speak to PostgreSQL, over a store."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from shared.decisions import Change, Decision
from shared.protocol import ClinicProtocol, Pin, ProtocolLibrary
from shared.storage import Context, FactsTable, NotFound, SqlRepository
from tests.simulation.store import Row, Store, Timer, require_unique, unique_rules


class Transaction(Protocol):
    """What the parts need of theirs."""

    store: Store
    staged: list[tuple[str, Any, Any, Context]]
    context: Context

    def new_id(self) -> UUID: ...


class MemoryRepository:
    """Answers for a repository: found among what is committed and what this transaction wrote."""

    def __init__(self, stored: Any, uow: Transaction) -> None:
        self.stored = stored
        self._uow = uow
        self._rules = unique_rules(stored)
        self._committed = uow.store.rows.setdefault(stored.table.name, {})
        self.written: dict[UUID, Row] = {}

    async def get(self, aggregate_id: UUID) -> Any:
        found = await self.find(aggregate_id)
        if found is None:
            raise NotFound(self.stored.kind, aggregate_id)
        return found

    async def find(self, aggregate_id: UUID) -> Any:
        row = self.written.get(aggregate_id) or self._committed.get(aggregate_id)
        return None if row is None else row.state

    async def find_by(self, **columns: Any) -> Any:
        found = await self.list_by(**columns)
        if len(found) > 1:
            raise LookupError(f"{len(found)} {self.stored.kind} match {sorted(columns)}")
        return found[0] if found else None

    async def list_by(self, **columns: Any) -> list[Any]:
        rows = {**self._committed, **self.written}
        return [rows[key].state for key in sorted(rows) if _matches(rows[key].columns, columns)]

    async def containing(self, column: str, value: Any) -> list[Any]:
        rows = {**self._committed, **self.written}
        return [row.state for row in rows.values() if value in row.columns[column]]

    async def save(self, change: Change[Any, Any]) -> Any:
        state = change.state
        known = self.written.get(state.id) or self._committed.get(state.id)
        if known is not None and known.state == state and not change.events:
            return state
        columns = {
            "id": state.id,
            "client_id": state.client_id,
            "course_id": state.course_id,
            **self.stored.derive(state),
        }
        self.written[state.id] = Row((known.version if known else 0) + 1, state, columns)
        require_unique(self.stored, self._rules, state.id, {**self._committed, **self.written})
        for event in change.events:
            self._uow.staged.append((self.stored.kind, state, event, self._uow.context))
        return state

    def version(self, aggregate_id: UUID) -> int:
        return (self.written.get(aggregate_id) or self._committed[aggregate_id]).version

    def commit(self) -> None:
        self._committed.update(self.written)


def _matches(columns: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    return all(
        _plain(columns[name]) in {_plain(one) for one in wanted}
        if isinstance(wanted, list | tuple | set | frozenset)
        else _plain(columns[name]) == _plain(wanted)
        for name, wanted in asked.items()
    )


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


class MemoryFacts:
    """Facts of one kind within one transaction."""

    def __init__(self, stored: FactsTable[Any], store: Store) -> None:
        self._stored = stored
        self._committed = store.facts.setdefault(stored.table.name, {})
        self._written: dict[UUID, Any] = {}

    async def find(self, key: UUID) -> Any:
        return self._written.get(key) or self._committed.get(key)

    async def get(self, key: UUID, client_id: UUID) -> Any:
        found = await self.find(key)
        return self._stored.empty(key, client_id) if found is None else found

    async def fold(self, key: UUID, client_id: UUID, step: Callable[[Any], Any]) -> Any:
        after = step(await self.get(key, client_id))
        self._written[key] = after
        return after

    async def prefetch(self, keys: Iterable[UUID]) -> None:
        return None

    def commit(self) -> None:
        self._committed.update(self._written)


class MemoryPins:
    """Which version of the protocol each course is run by."""

    def __init__(self, store: Store, library: ProtocolLibrary) -> None:
        self._committed = store.pins
        self._library = library
        self._written: dict[UUID, Pin] = {}

    async def of(self, course_id: UUID) -> ClinicProtocol:
        return self._library.pinned(self._known(course_id))

    async def pin(self, course_id: UUID, client_id: UUID, version: int) -> None:
        known = self._known(course_id)
        if known is None or known.version < version:
            self._written[course_id] = self._library.pin(version)

    def version(self, course_id: UUID | None) -> int:
        known = None if course_id is None else self._known(course_id)
        return self._library.current.protocol_version if known is None else known.version

    def _known(self, course_id: UUID) -> Pin | None:
        return self._written.get(course_id) or self._committed.get(course_id)

    def commit(self) -> None:
        self._committed.update(self._written)


class MemoryTimers:
    def __init__(self, store: Store) -> None:
        self._committed = store.timers
        self.changes: dict[tuple[str, UUID], Timer | None] = {}
        self.touched = False

    async def set(
        self, kind: str, key: UUID, due_at: datetime, *, client_id: UUID, **payload: Any
    ) -> None:
        self.changes[kind, key] = Timer(client_id, due_at, payload)

    async def cancel(self, kind: str, key: UUID) -> None:
        self.changes[kind, key] = None

    def commit(self) -> None:
        for key, timer in self.changes.items():
            if timer is None:
                self._committed.pop(key, None)
            else:
                self._committed[key] = timer


class Receipts:
    """Decisions of one transaction. Each is looked at by the oracle when it commits."""

    def __init__(self, uow: Transaction) -> None:
        self._uow = uow
        self.kept: list[Decision] = []

    async def record(self, decision: Decision, *_about: Any, **_more: Any) -> UUID:
        self.kept.append(decision)
        return self._uow.new_id()


class Letters:
    """What simulated channels would have sent, once for an id and channel."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.new: list[Any] = []

    async def keep(self, letter: Any) -> None:
        known = {(one.message_id, one.channel) for one in (*self._store.letters, *self.new)}
        if (letter.message_id, letter.channel) not in known:
            self.new.append(letter)

    def commit(self) -> None:
        self._store.letters.extend(self.new)


_REPOSITORIES: dict[type, type] = {}


def repository_in_memory(kind: type[SqlRepository[Any, Any]]) -> type:
    """A repository's own questions stay; what they are answered from changes."""
    if kind not in _REPOSITORIES:

        async def matching(self: Any, conditions: Any) -> list[Any]:
            (condition,) = conditions
            (value,) = condition.right.value
            found: list[Any] = await self.containing(condition.left.name, value)
            return found

        _REPOSITORIES[kind] = type(
            f"Memory{kind.__name__}", (MemoryRepository, kind), {"_matching": matching}
        )
    return _REPOSITORIES[kind]
