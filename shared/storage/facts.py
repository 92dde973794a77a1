"""What a service knows of a course from the others' events: folded, rebuildable, batched."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.driver import driver_of
from shared.storage.errors import NotFound
from shared.storage.keyring import KeyDestroyedError
from shared.storage.reach import Reach
from shared.storage.relations import Given, Related
from shared.storage.seals import Seals

F = TypeVar("F")


def facts_columns() -> list[sa.Column[Any]]:
    """The columns of a table of facts: the key (a course), whose it is, and the document."""
    return [
        sa.Column("key", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("body", pg.BYTEA, nullable=False),
    ]


@dataclass(frozen=True, slots=True)
class FactsTable(Generic[F]):
    """Where facts of one kind are stored; ``empty`` makes them for a key and its client, and
    ``relates`` says what they tell of the client's care team."""

    table: sa.Table
    adapter: TypeAdapter[F]
    empty: Callable[[UUID, UUID], F]
    relates: Callable[[F], tuple[Related, ...]] = lambda _facts: ()

    def sealed(self, seals: Seals, key: UUID, client_id: UUID, facts: F) -> bytes:
        """The document as it is stored."""
        return seals.seal(self.adapter.dump_json(facts), client_id, self.table.name, key)

    def opened(self, seals: Seals, key: UUID, client_id: UUID, body: bytes) -> F:
        """The facts in a row; raises what :meth:`Seals.open` raises."""
        return self.adapter.validate_json(seals.open(body, client_id, self.table.name, key))

    @property
    def shown(self) -> tuple[sa.Column[Any], ...]:
        """What a query selects of rows that are to be read."""
        columns = self.table.c
        return columns.key, columns.client_id, columns.body

    def read(self, seals: Seals, rows: Iterable[sa.Row[Any]]) -> list[F]:
        """The facts in rows of what is :attr:`shown`; those of erased clients are not there."""
        found = []
        for row in rows:
            with suppress(KeyDestroyedError):
                found.append(self.opened(seals, row.key, row.client_id, row.body))
        return found

    @property
    def select(self) -> str:
        return f"SELECT key, client_id, body FROM {self.table.name} WHERE key = ANY($1::uuid[])"  # noqa: S608

    @property
    def upsert(self) -> str:
        return (
            f"INSERT INTO {self.table.name} (key, client_id, body)"  # noqa: S608
            " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])"
            " ON CONFLICT (key) DO UPDATE SET body = excluded.body"
        )


class SqlFacts(Generic[F]):
    """Facts within one transaction: read once, folded in memory, written once at the end.

    The caller holds the client's lock, so a read-modify-write loses nothing.
    """

    def __init__(
        self, connection: AsyncConnection, stored: FactsTable[F], reach: Reach, seals: Seals
    ) -> None:
        self._connection = connection
        self._stored = stored
        self._reach = reach
        self._seals = seals
        self._known: dict[UUID, F | None] = {}
        self._related: dict[UUID, tuple[Related, ...]] = {}
        self._changed: dict[UUID, UUID] = {}

    async def prefetch(self, keys: Iterable[UUID]) -> None:
        """Read the facts of many keys in one query."""
        missing = [key for key in set(keys) if key not in self._known]
        if not missing:
            return
        rows = await driver_of(self._connection).fetch(self._stored.select, missing)
        self._known.update(dict.fromkeys(missing))
        reached = await self._reach.of_named({row["client_id"] for row in rows})
        for row in rows:
            if row["client_id"] not in reached:
                continue
            with suppress(KeyDestroyedError):  # of an erased client nothing is known
                self._known[row["key"]] = self._stored.opened(
                    self._seals, row["key"], row["client_id"], row["body"]
                )

    async def find(self, key: UUID) -> F | None:
        """The facts of a key, or None when nothing was ever told."""
        await self.prefetch([key])
        return self._known[key]

    async def get(self, key: UUID, client_id: UUID) -> F:
        """The facts of a key, empty ones when nothing was ever told.

        Raises :class:`NotFound` for a client out of reach: nothing is decided on what is hidden.
        """
        if not await self._reach.of(client_id):
            raise NotFound("course", key)
        found = await self.find(key)
        return self._stored.empty(key, client_id) if found is None else found

    async def fold(self, key: UUID, client_id: UUID, step: Callable[[F], F]) -> F:
        """Apply one step and remember the result for the end of the transaction."""
        before = await self.get(key, client_id)
        after = step(before)
        if after != before or self._known[key] is None:
            if key not in self._related:
                told = self._known[key]
                self._related[key] = () if told is None else self._stored.relates(told)
            self._known[key] = after
            self._changed[key] = client_id
        return after

    async def flush(self) -> Given:
        """Write what changed, in one statement; returns the places on care teams that changed."""
        if not self._changed:
            return {}
        await self._seals.prepare(self._changed.values())
        await driver_of(self._connection).execute(
            self._stored.upsert,
            list(self._changed),
            list(self._changed.values()),
            [
                self._stored.sealed(self._seals, key, client_id, self._known[key])  # type: ignore[arg-type]
                for key, client_id in self._changed.items()
            ],
        )
        given: Given = {}
        for key, client_id in self._changed.items():
            places = self._stored.relates(self._known[key])  # type: ignore[arg-type]
            if places != self._related[key]:
                given[key] = (client_id, places)
        self._related.clear()
        self._changed.clear()
        return given
