"""Seals what is readable: documents, and people's words beside them.

A column is written anew beside the one that it replaces, row by row with the keyring at hand, and
the table is then rewritten, so that no file of it keeps the readable one. Write-ahead logs that
were archived before have it still: docs/deploy.md says what becomes of those.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from shared.runtime.ids import new_id
from shared.storage.keyring import NOBODY, Keyring, KeyringError
from shared.storage.keyring_mark import MARK
from shared.storage.scope import RAISE
from shared.storage.seals import Seals

_AT_A_TIME: Final = 500

Owners = Callable[[Mapping[str, Any]], Sequence[UUID]]


def _client(row: Mapping[str, Any]) -> Sequence[UUID]:
    return [row["client_id"] or NOBODY]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """A column ``into`` that takes the place of others.

    ``key`` are the columns that name the row, ``plain`` an SQL expression for the text to seal,
    and ``drops`` the columns that it stands for. ``place`` is what the seal names beside the row;
    the table, where nothing else is said.
    """

    table: str
    into: str = "body"
    key: tuple[str, ...] = ("id",)
    plain: str = "body::text"
    drops: tuple[str, ...] = ("body",)
    place: str | None = None
    nullable: bool = False
    owners: Owners = _client
    owner_columns: tuple[str, ...] = ("client_id",)


def aggregates(*tables: str) -> list[Sealing]:
    """The documents of aggregates."""
    return [Sealing(table=table) for table in tables]


def facts(*tables: str) -> list[Sealing]:
    """The documents of facts."""
    return [
        Sealing(table=table, key=("key",), plain="convert_from(body, 'UTF8')") for table in tables
    ]


ADDENDA: Final = Sealing(
    table="addenda",
    into="words",
    plain="json_build_object('reason', reason, 'text', text)::text",
    drops=("reason", "text"),
)
OF_EVERY_SERVICE: Final = (
    Sealing(
        table="receipts",
        into="verdicts",
        plain="verdicts::text",
        drops=("verdicts",),
        place="receipts.verdicts",
    ),
    Sealing(
        table="receipts",
        into="inputs",
        plain="convert_from(inputs, 'UTF8')",
        drops=("inputs",),
        place="receipts.inputs",
        nullable=True,
    ),
    Sealing(
        table="answered_commands",
        into="answer",
        key=("actor", "key"),
        plain="answer::text",
        drops=("answer",),
        owners=lambda row: row["clients"],
        owner_columns=("clients",),
    ),
    Sealing(
        table="emergency_accesses",
        into="sealed_explanation",
        plain="explanation",
        drops=("explanation",),
    ),
)


def upgrade(columns: Iterable[Sealing]) -> None:
    """Seal these columns, those that every service has, and drafts."""
    keyring = _keyring()
    seals = Seals(keyring)
    op.execute(RAISE)
    _mark(keyring.found())
    for _, of_table in groupby((*columns, *OF_EVERY_SERVICE), lambda one: one.table):
        _seal(list(of_table), keyring, seals)
    _seal_drafts(keyring, seals)


def _keyring() -> Keyring:
    keyring = context.config.attributes.get("keyring")
    if not isinstance(keyring, Keyring):
        raise KeyringError("this step needs the service's keyring")
    return keyring


def _mark(keyring_id: UUID) -> None:
    op.create_table(
        "keyring_mark",
        sa.Column("single", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("keyring_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("single", name="keyring_mark_is_one_row"),
        sa.PrimaryKeyConstraint("single"),
    )
    op.get_bind().execute(MARK, {"keyring_id": keyring_id})


def _seal(columns: Sequence[Sealing], keyring: Keyring, seals: Seals) -> None:
    table = columns[0].table
    for one in columns:
        op.add_column(table, sa.Column(f"new_{one.into}", sa.LargeBinary(), nullable=True))
        for rows in _chunks(one):
            keyring.prepare_now(owner for row in rows for owner in one.owners(row) or [NOBODY])
            _write(one, [{**row, "sealed": _sealed(one, row, seals)} for row in rows])
    for one in columns:
        for name in one.drops:
            op.drop_column(table, name)
    for one in columns:
        op.alter_column(table, f"new_{one.into}", new_column_name=one.into, nullable=one.nullable)
    # An expression makes the server write every row into a new file.
    rewritten = ", ".join(
        f"ALTER COLUMN {one.into} TYPE bytea USING {one.into} || ''::bytea" for one in columns
    )
    op.execute(f"ALTER TABLE {table} {rewritten}")


def _chunks(one: Sealing) -> Iterable[list[dict[str, Any]]]:
    """What is not sealed yet, a few rows at a time, in the order of the rows' names."""
    key = ", ".join(one.key)
    shown = ", ".join((*one.key, *one.owner_columns))
    after: tuple[Any, ...] | None = None
    while True:
        beyond = "" if after is None else f" AND ({key}) > ({_named(one.key)})"
        query = sa.text(
            f"SELECT {shown}, {one.plain} AS plain FROM {one.table}"  # noqa: S608 - constants
            f" WHERE {one.drops[0]} IS NOT NULL{beyond} ORDER BY {key} LIMIT {_AT_A_TIME}"
        )
        rows = op.get_bind().execute(query, dict(zip(one.key, after or (), strict=False)))
        found = [dict(row) for row in rows.mappings()]
        if not found:
            return
        after = tuple(found[-1][name] for name in one.key)
        yield found


def _write(one: Sealing, rows: list[dict[str, Any]]) -> None:
    named = " AND ".join(f"{name} = :{name}" for name in one.key)
    statement = sa.text(
        f"UPDATE {one.table} SET new_{one.into} = :sealed WHERE {named}"  # noqa: S608 - constants
    )
    wanted = (*one.key, "sealed")
    op.get_bind().execute(statement, [{name: row[name] for name in wanted} for row in rows])


def _sealed(one: Sealing, row: Mapping[str, Any], seals: Seals) -> bytes:
    name = "|".join(str(row[part]) for part in one.key)
    plain = row["plain"].encode()
    return seals.seal_for_all(plain, one.owners(row), one.place or one.table, name)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f":{name}" for name in names)


def _seal_drafts(keyring: Keyring, seals: Seals) -> None:
    """A draft of before has a key of its own, whoever it is about: it goes within days."""
    op.add_column("form_drafts", sa.Column("key_id", sa.UUID(), nullable=True))
    op.add_column(
        "form_drafts", sa.Column("own_key", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    own: dict[tuple[Any, ...], UUID] = {}
    drafts = Sealing(
        table="form_drafts",
        into="fields",
        key=("role", "ref", "form"),
        plain="fields::text",
        drops=("fields",),
        owners=lambda row: [own.setdefault((row["role"], row["ref"], row["form"]), new_id())],
        owner_columns=(),
    )
    _seal([drafts], keyring, seals)
    statement = sa.text(
        "UPDATE form_drafts SET key_id = :key_id WHERE role = :role AND ref = :ref AND form = :form"
    )
    for (role, ref, form), key_id in own.items():
        named = {"role": role, "ref": ref, "form": form}
        op.get_bind().execute(statement, {**named, "key_id": key_id})
    op.alter_column("form_drafts", "key_id", nullable=False)
    op.alter_column("form_drafts", "own_key", server_default=None)
    op.create_index("form_drafts_key", "form_drafts", ["key_id"])
