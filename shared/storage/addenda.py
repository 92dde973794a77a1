"""Addenda to signed records: rows that the service's role may add and read, and nothing else.

Reason and text are sealed with the client's key.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions.addendum import Addendum
from shared.storage.seals import Seals
from shared.storage.tables import APPEND_ONLY

_TABLE: Final = "addenda"
_WORDS: Final = ("reason", "text")
_UUIDS: Final = frozenset({"id", "record_id", "client_id", "course_id", "author_ref"})
_COLUMNS: Final = (
    "id, record_kind, record_id, client_id, course_id, author_role, author_ref, signed_at, words"
)
_ADD: Final = sa.text(
    f"INSERT INTO addenda ({_COLUMNS}) VALUES (:id, :record_kind, :record_id, :client_id,"  # noqa: S608
    " :course_id, :author_role, :author_ref, :signed_at, :words)"
)
_OF: Final = sa.text(
    f"SELECT {_COLUMNS} FROM addenda"  # noqa: S608 - constants
    " WHERE record_kind = :kind AND record_id = ANY(:ids) ORDER BY signed_at, id"
)


def addenda_table(metadata: sa.MetaData) -> None:
    """Declare the table in the metadata of a service that keeps signed records."""
    sa.Table(
        "addenda",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("record_kind", sa.Text, nullable=False),
        sa.Column("record_id", pg.UUID, nullable=False),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("course_id", pg.UUID, nullable=False),
        sa.Column("author_role", sa.Text, nullable=False),
        sa.Column("author_ref", pg.UUID, nullable=False),
        sa.Column("signed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", pg.BYTEA, nullable=False),
        sa.Index("addenda_of_record", "record_kind", "record_id"),
        info={APPEND_ONLY: True},
    )


async def add(connection: AsyncConnection, addendum: Addendum, seals: Seals) -> None:
    """Keep an addendum, for good."""
    row = {name: getattr(addendum, name) for name in Addendum.__dataclass_fields__}
    words = json.dumps({name: row.pop(name) for name in _WORDS}).encode()
    await seals.prepare([addendum.client_id])
    row["words"] = seals.seal(words, addendum.client_id, _TABLE, addendum.id)
    await connection.execute(_ADD, row)


async def of_records(
    connection: AsyncConnection, kind: str, ids: Collection[UUID], seals: Seals
) -> Mapping[UUID, tuple[Addendum, ...]]:
    """The addenda of each of these records, the first one first."""
    found: dict[UUID, tuple[Addendum, ...]] = {}
    rows = await connection.execute(_OF, {"kind": kind, "ids": list(ids)})
    for row in rows.mappings():
        one = _opened(row, seals)
        found[one.record_id] = (*found.get(one.record_id, ()), one)
    return found


def _opened(row: sa.RowMapping, seals: Seals) -> Addendum:
    plain: dict[str, Any] = {
        name: UUID(str(value)) if name in _UUIDS else value for name, value in row.items()
    }
    words = seals.open(plain.pop("words"), plain["client_id"], _TABLE, plain["id"])
    return Addendum(**plain, **json.loads(words))
