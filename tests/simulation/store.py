"""What one service has committed, in memory, and a transaction's changes on top of it.

Only the database is replaced here. Aggregates keep their real tables' columns and unique rules;
a transaction sees its own writes, and either all of them are committed or none.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from careteam_contracts.envelope import Envelope
from shared.messaging.reading import Arrived
from shared.protocol import Pin
from shared.storage import AggregateTable


class NotUniqueError(AssertionError):
    """The database would have refused a row that the code did not expect to clash."""


@dataclass(frozen=True, slots=True)
class Row:
    """An aggregate as it is stored."""

    version: int
    state: Any
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it lies in the outbox; ``place`` counts the commits of the whole clinic."""

    envelope: Envelope
    event: Any
    subject: str
    body: bytes
    place: int


@dataclass(frozen=True, slots=True)
class Timer:
    client_id: UUID
    due_at: datetime
    payload: dict[str, Any]


@dataclass
class Store:
    """The committed rows of a service."""

    rows: dict[str, dict[UUID, Row]] = field(default_factory=dict)
    facts: dict[str, dict[UUID, Any]] = field(default_factory=dict)
    pins: dict[UUID, Pin] = field(default_factory=dict)
    timers: dict[tuple[str, UUID], Timer] = field(default_factory=dict)
    outbox: list[Told] = field(default_factory=list)
    client_sequences: dict[UUID, int] = field(default_factory=dict)
    aggregate_versions: dict[UUID, int] = field(default_factory=dict)
    cursors: dict[tuple[UUID, str], int] = field(default_factory=dict)
    waiting: dict[UUID, Arrived] = field(default_factory=dict)
    folded: set[UUID] = field(default_factory=set)
    letters: list[Any] = field(default_factory=list)

    def copy(self) -> "Store":
        """A store of its own; states are values and can be shared."""
        return Store(
            rows={name: dict(rows) for name, rows in self.rows.items()},
            facts={name: dict(facts) for name, facts in self.facts.items()},
            pins=dict(self.pins),
            timers=dict(self.timers),
            outbox=list(self.outbox),
            client_sequences=dict(self.client_sequences),
            aggregate_versions=dict(self.aggregate_versions),
            cursors=dict(self.cursors),
            waiting=dict(self.waiting),
            folded=set(self.folded),
            letters=list(self.letters),
        )

    def states(self, table: str) -> Iterator[Any]:
        """The committed aggregates of a table."""
        return (row.state for row in self.rows.get(table, {}).values())


Unique = tuple[tuple[str, ...], Callable[[dict[str, Any]], bool]]


@cache
def unique_rules(stored: AggregateTable[Any]) -> tuple[Unique, ...]:
    """What the table says may exist only once, and among which rows."""
    found: list[Unique] = [
        (tuple(c.name for c in constraint.columns), lambda _columns: True)
        for constraint in stored.table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    for index in stored.table.indexes:
        if index.unique:
            where = index.dialect_options["postgresql"].get("where")
            names = tuple(column.name for column in index.columns)
            found.append((names, _condition(None if where is None else str(where))))
    return tuple(found)


def _condition(where: str | None) -> Callable[[dict[str, Any]], bool]:
    if where is None:
        return lambda _columns: True
    match = re.fullmatch(r"(\w+)(?: (=|<>|IN) (.+))?", where)
    if match is None:
        raise ValueError(f"cannot read the condition {where!r}")
    name, operator, values = match.groups()
    if operator is None:
        return lambda columns: bool(columns[name])
    known = frozenset(re.findall(r"'(\w+)'", values))
    return lambda columns: (str(columns[name]) in known) is (operator != "<>")


def require_unique(
    stored: AggregateTable[Any], rules: Iterable[Unique], row_id: UUID, rows: dict[UUID, Row]
) -> None:
    """Refuse what the table's unique rules would refuse."""
    mine = rows[row_id].columns
    for names, applies in rules:
        if not applies(mine) or any(mine[name] is None for name in names):
            continue
        for other_id, other in rows.items():
            same = all(other.columns[name] == mine[name] for name in names)
            if other_id != row_id and same and applies(other.columns):
                raise NotUniqueError(f"two {stored.kind} with the same {', '.join(names)}")
