"""The SQL of an aggregate's table, written once per table and shape of question."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect

_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]

Asked = tuple[tuple[str, str], ...]
"""Columns and how each is compared: a condition without its value."""

IS, ANY, NULL = "= $", "= ANY($", "IS NULL"


@cache
def find(table: sa.Table) -> str:
    return f"SELECT id, client_id, version, body FROM {table.name} WHERE id = $1"  # noqa: S608


@cache
def owners(table: sa.Table, asked: Asked) -> str:
    return f"SELECT DISTINCT client_id FROM {table.name} WHERE {_where(asked)}"  # noqa: S608


@cache
def of_owners(table: sa.Table, asked: Asked) -> str:
    """The rows that match and are nobody's, or of the clients in the last value."""
    last = 1 + sum(compared != NULL for _, compared in asked)
    return (
        f"SELECT id, client_id, version, body FROM {table.name}"  # noqa: S608
        f" WHERE {_where(asked)} AND (client_id IS NULL OR client_id = ANY(${last}::uuid[]))"
        " ORDER BY id"
    )


@cache
def insert(table: sa.Table, columns: tuple[str, ...]) -> str:
    """The id is the first value, then those of the columns."""
    numbers = ", ".join(f"${number}" for number in range(2, len(columns) + 2))
    return (
        f"INSERT INTO {table.name} (id, version, {', '.join(columns)})"  # noqa: S608
        f" VALUES ($1, 1, {numbers}) ON CONFLICT (id) DO NOTHING"
    )


@cache
def update(table: sa.Table, columns: tuple[str, ...]) -> str:
    """The id is the first value and the version to be replaced the second."""
    settings = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 3))
    return (
        f"UPDATE {table.name} SET version = version + 1, {settings}"  # noqa: S608
        " WHERE id = $1 AND version = $2"
    )


def as_stored(table: sa.Table, values: Mapping[str, Any]) -> list[Any]:
    """Values as the driver takes them, by the types of their columns."""
    processors = _processors(table)
    return [
        value if (process := processors.get(name)) is None else process(value)
        for name, value in values.items()
    ]


@cache
def _processors(table: sa.Table) -> Mapping[str, Callable[[Any], Any]]:
    found: dict[str, Callable[[Any], Any]] = {}
    for column in table.c:
        process = column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        if process is not None and column.name != "body":  # the document is bytes already
            found[column.name] = process
    return found


def _where(asked: Asked) -> str:
    return " AND ".join(_conditions(asked)) or "TRUE"


def _conditions(asked: Asked) -> Iterable[str]:
    number = 0
    for name, compared in asked:
        if compared == NULL:
            yield f"{name} IS NULL"
            continue
        number += 1
        yield f"{name} {compared}{number}{')' if compared == ANY else ''}"
