"""Aggregates stored whole: one row each, the state as a document beside the columns that are asked.

A state is read and written as one value, by the type adapter of its class, and the document is
sealed with its client's key. The columns are derived from it at every write, so that they cannot
disagree with it; they are what is readable at rest, and so are never a person's own words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Change
from shared.storage import aggregate_statements as statements
from shared.storage.context import Context
from shared.storage.driver import driver_of
from shared.storage.errors import NotFound, PreconditionFailed, StaleVersion
from shared.storage.keyring import KeyDestroyedError
from shared.storage.reach import Reach
from shared.storage.relations import Related
from shared.storage.seals import Seals
from shared.storage.tables import UTC_TIME


class Aggregate(Protocol):
    """What is stored: identity, and whose it is."""

    @property
    def id(self) -> UUID: ...
    @property
    def client_id(self) -> UUID | None: ...
    @property
    def course_id(self) -> UUID | None: ...


S = TypeVar("S", bound=Aggregate)
E = TypeVar("E")

_MANY: Final = (list, tuple, set, frozenset)


def aggregate_columns(*more: sa.Column[Any]) -> list[sa.Column[Any]]:
    """The columns of an aggregate's table: identity, version, document, and the service's own."""
    return [
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID),
        sa.Column("course_id", pg.UUID),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.Column("body", pg.BYTEA, nullable=False),
        *more,
    ]


@dataclass(frozen=True, slots=True)
class AggregateTable(Generic[S]):
    """Where aggregates of one kind are stored, the columns that are derived from a state, and the
    places on the client's care team that it gives."""

    kind: str
    table: sa.Table
    adapter: TypeAdapter[S]
    derive: Callable[[S], Mapping[str, Any]] = lambda _state: {}
    relates: Callable[[S], tuple[Related, ...]] = lambda _state: ()

    @property
    def shown(self) -> tuple[sa.Column[Any], ...]:
        """What a query selects of rows that are to be read."""
        columns = self.table.c
        return columns.id, columns.client_id, columns.version, columns.body

    def sealed(self, seals: Seals, state: S) -> bytes:
        """The document as it is stored."""
        document = self.adapter.dump_json(state)
        return seals.seal(document, state.client_id, self.table.name, state.id)

    def opened(self, seals: Seals, row_id: UUID, client_id: UUID | None, body: bytes) -> S:
        """The state in a row; raises what :meth:`Seals.open` raises."""
        return self.adapter.validate_json(seals.open(body, client_id, self.table.name, row_id))

    def read(self, seals: Seals, rows: Iterable[sa.Row[Any]]) -> list[S]:
        """The states in rows of what is :attr:`shown`; those of erased clients are not there."""
        found = []
        for row in rows:
            with suppress(KeyDestroyedError):
                found.append(self.opened(seals, row.id, row.client_id, row.body))
        return found


class Transaction(Protocol):
    """What a repository needs of its unit of work."""

    @property
    def connection(self) -> AsyncConnection: ...
    @property
    def context(self) -> Context: ...
    @property
    def reach(self) -> Reach: ...
    @property
    def seals(self) -> Seals: ...
    async def lock_client(self, client_id: UUID) -> None: ...
    async def lock_all(self, clients: set[UUID]) -> None: ...
    def holds(self, client_id: UUID) -> bool: ...
    def stage(self, kind: str, aggregate: Aggregate, event: Any) -> None: ...
    def saw(self, aggregate_id: UUID, version: int) -> None: ...
    def relate(self, source: UUID, client_id: UUID, places: tuple[Related, ...]) -> None: ...


class SqlRepository(Generic[S, E]):
    """Loads, remembers and saves aggregates of one kind within one transaction.

    What belongs to a client whom the transaction does not reach is not there.
    """

    def __init__(self, transaction: Transaction, stored: AggregateTable[S]) -> None:
        self._transaction = transaction
        self._stored = stored
        self._table = stored.table
        self._loaded: dict[UUID, tuple[int, S]] = {}

    async def get(self, aggregate_id: UUID) -> S:
        """The aggregate, with its client locked; raises :class:`NotFound`."""
        found = await self.find(aggregate_id)
        if found is None:
            raise NotFound(self._stored.kind, aggregate_id)
        return found

    async def find(self, aggregate_id: UUID) -> S | None:
        """The aggregate with its client locked, or None."""
        if aggregate_id in self._loaded:
            return self._loaded[aggregate_id][1]
        transaction = self._transaction
        driver = driver_of(transaction.connection)
        found = await driver.fetch(statements.find(self._table), aggregate_id)
        owner = found[0]["client_id"] if found else None
        # What is not there takes as long as what is somebody else's.
        if not await transaction.reach.of(owner if found else aggregate_id):
            return None
        if owner is not None and not transaction.holds(owner):
            # What was read before the lock was held may be outdated.
            await transaction.lock_client(owner)
            found = await driver.fetch(statements.find(self._table), aggregate_id)
        if not found or found[0]["client_id"] != owner:
            return None
        try:
            return self._remember(aggregate_id, found[0])
        except KeyDestroyedError:
            return None

    async def find_by(self, **columns: Any) -> S | None:
        """The only aggregate with these column values, with its client locked, or None."""
        found = await self.list_by(**columns)
        if len(found) > 1:
            raise LookupError(f"{len(found)} {self._stored.kind} match {sorted(columns)}")
        return found[0] if found else None

    async def list_by(self, **columns: Any) -> list[S]:
        """All aggregates with these column values, by id; a list or tuple means any of them."""
        table, driver = self._table, driver_of(self._transaction.connection)
        asked = tuple((table.c[name].name, _comparison(value)) for name, value in columns.items())
        given = {name: value for name, value in columns.items() if value is not None}
        values = [_value(table, name, value) for name, value in given.items()]
        owners = {row[0] for row in await driver.fetch(statements.owners(table, asked), *values)}
        owners = await self._transaction.reach.of_named(owners)
        if not owners:
            return []
        clients = {owner for owner in owners if owner is not None}
        await self._transaction.lock_all(clients)
        # A row that was inserted since, of a client that is not locked here, is too late.
        rows = await driver.fetch(statements.of_owners(table, asked), *values, list(clients))
        found = []
        for row in rows:
            with suppress(KeyDestroyedError):
                found.append(self._remember(row["id"], row))
        return found

    async def _matching(self, conditions: Sequence[sa.ColumnElement[bool]]) -> list[S]:
        """For a repository's own question: as :meth:`list_by`, with any conditions."""
        columns = self._table.c
        ids = await self._transaction.connection.execute(sa.select(columns.id).where(*conditions))
        wanted = list(ids.scalars())  # their clients are looked at when they are loaded
        return await self.list_by(id=wanted) if wanted else []

    async def save(self, change: Change[S, E]) -> S:
        """Insert or update the state, and stage its events for the outbox."""
        state = change.state
        known = self._loaded.get(state.id)
        if state.client_id is not None:
            await self._transaction.lock_client(state.client_id)
        await self._transaction.seals.prepare([state.client_id])
        if known is None:
            version = await self._insert(state)
        elif known[1] == state and not change.events:
            return state
        else:
            version = await self._update(state, known[0])
        self._relate(state, None if known is None else known[1])
        self._loaded[state.id] = (version, state)
        self._transaction.saw(state.id, version)
        for event in change.events:
            self._transaction.stage(self._stored.kind, state, event)
        return state

    def _relate(self, state: S, before: S | None) -> None:
        given = self._stored.relates(state)
        known = () if before is None else self._stored.relates(before)
        if state.client_id is not None and given != known:
            self._transaction.relate(state.id, state.client_id, given)

    def version(self, aggregate_id: UUID) -> int:
        """The stored version of an aggregate that this transaction loaded or saved."""
        return self._loaded[aggregate_id][0]

    def _remember(self, aggregate_id: UUID, row: Mapping[str, Any]) -> S:
        if aggregate_id in self._loaded:
            return self._loaded[aggregate_id][1]
        version: int = row["version"]
        context = self._transaction.context
        if (
            context.target == aggregate_id
            and context.if_match is not None
            and context.if_match != version
        ):
            raise PreconditionFailed(context.if_match, version)
        state = self._stored.opened(
            self._transaction.seals, aggregate_id, row["client_id"], row["body"]
        )
        self._loaded[aggregate_id] = (version, state)
        self._transaction.saw(aggregate_id, version)
        return state

    async def _insert(self, state: S) -> int:
        names, values = self._columns(state)
        made = await driver_of(self._transaction.connection).execute(
            statements.insert(self._table, names), state.id, *values
        )
        if made != 1:
            raise StaleVersion(f"{self._stored.kind} {state.id} was made by somebody else")
        return 1

    async def _update(self, state: S, version: int) -> int:
        names, values = self._columns(state)
        changed = await driver_of(self._transaction.connection).execute(
            statements.update(self._table, names), state.id, version, *values
        )
        if changed != 1:
            raise StaleVersion(f"{self._stored.kind} {state.id} is no longer at {version}")
        return version + 1

    def _columns(self, state: S) -> tuple[tuple[str, ...], list[Any]]:
        columns: dict[str, Any] = {
            "client_id": state.client_id,
            "course_id": state.course_id,
            "changed_at": self._transaction.context.now,
            "body": self._stored.sealed(self._transaction.seals, state),
            **self._stored.derive(state),
        }
        return tuple(columns), statements.as_stored(self._table, columns)


def _comparison(value: Any) -> str:
    if value is None:
        return statements.NULL
    return statements.ANY if isinstance(value, _MANY) else statements.IS


def _value(table: sa.Table, name: str, value: Any) -> Any:
    many = list(value) if isinstance(value, _MANY) else [value]
    stored = [statements.as_stored(table, {name: one})[0] for one in many]
    return stored if isinstance(value, _MANY) else stored[0]
