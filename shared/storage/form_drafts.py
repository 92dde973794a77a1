"""What somebody has typed into a form and not signed yet: a row per person and form.

A form is the page it stands on, with its ``subject`` where the page has several or is about
somebody new each time: ``/clients/new`` is one page, and each enquiry on it a draft of its own.
Only whoever typed it reads it again, on the page of that form, which they must still be allowed to
open. It goes with the form's submission, or after :data:`KEPT_DAYS`. Times are the clinic's.

It is sealed with the key of the client whose page it is. A form of nobody's (a new client's) has a
key of its own, which goes with the draft.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.ids import new_id
from shared.storage.context import Actor
from shared.storage.keyring import KeyDestroyedError, KeyMissingError
from shared.storage.seals import Seals

KEPT_DAYS: Final = 7
LONGEST_BYTES: Final = 65_536

_TABLE: Final = "form_drafts"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MINE: Final = " WHERE role = :role AND ref = :ref AND form = :form"
_FIND: Final = sa.text(
    f"SELECT fields, key_id, own_key, version, saved_at FROM form_drafts{_MINE}"  # noqa: S608
    " AND saved_at > :oldest"
)
_ON_PAGE: Final = sa.text(
    "SELECT form, fields, key_id, version, saved_at FROM form_drafts"
    " WHERE role = :role AND ref = :ref AND split_part(form, '#', 1) = :form"
    " AND saved_at > :oldest ORDER BY saved_at"
)
_BEGIN: Final = sa.text(
    "INSERT INTO form_drafts (role, ref, form, key_id, own_key, fields, version, saved_at)"
    " VALUES (:role, :ref, :form, :key_id, :own_key, :fields, 1, :now) ON CONFLICT DO NOTHING"
)
_GO_ON: Final = sa.text(
    "UPDATE form_drafts SET fields = :fields, version = version + 1, saved_at = :now"  # noqa: S608
    f"{_MINE} AND version = :seen"
)
_DROP: Final = sa.text(f"DELETE FROM form_drafts{_MINE} RETURNING key_id, own_key")  # noqa: S608
_FORGET: Final = sa.text(
    "DELETE FROM form_drafts WHERE saved_at <= :oldest RETURNING key_id, own_key"
)
_WHOSE_PAGE: Final = sa.text(
    """
    SELECT client_id FROM client_relations WHERE client_id = ANY(:named) OR source = ANY(:named)
    UNION SELECT client_id FROM course_protocols WHERE course_id = ANY(:named) LIMIT 1
    """
).bindparams(sa.bindparam("named", type_=pg.ARRAY(pg.UUID)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was typed, as a form shows it again. ``version`` counts the savings."""

    fields: Mapping[str, Any]
    version: int
    saved_at: datetime


class DraftTooLong(Exception):  # noqa: N818 - what it is
    """More than a form can hold."""


def add_form_drafts(metadata: sa.MetaData) -> None:
    """Declare the table in a service's metadata."""
    sa.Table(
        _TABLE,
        metadata,
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("ref", pg.UUID, primary_key=True),
        sa.Column("form", sa.Text, primary_key=True),
        # Whose key seals it: the client's, or one that is the draft's own.
        sa.Column("key_id", pg.UUID, nullable=False),
        sa.Column("own_key", sa.Boolean, nullable=False),
        sa.Column("fields", pg.BYTEA, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Index("form_drafts_saved", "saved_at"),
        sa.Index("form_drafts_key", "key_id"),
    )


async def find(
    connection: AsyncConnection, seals: Seals, actor: Actor, form: str, now: datetime
) -> Draft | None:
    """This person's draft of this form."""
    row = await _row(connection, actor, form, now)
    fields = None if row is None else _opened(seals, row, actor, form)
    if row is None or fields is None:
        return None
    return Draft(fields=fields, version=row.version, saved_at=row.saved_at)


async def on_page(
    connection: AsyncConnection, seals: Seals, actor: Actor, page: str, now: datetime
) -> Mapping[str, Draft]:
    """This person's drafts of the forms on a page by their subject, the oldest first."""
    rows = await connection.execute(_ON_PAGE, {**_whose(actor, page), "oldest": _oldest(now)})
    found = {}
    for row in rows:
        fields = _opened(seals, row, actor, row.form)
        if fields is not None:
            subject = row.form.partition("#")[2]
            found[subject] = Draft(fields=fields, version=row.version, saved_at=row.saved_at)
    return found


def form_of(page: str, subject: str) -> str:
    """The name of a form: its page, and which of the page's it is."""
    return f"{page}#{subject}" if subject else page


async def save(
    connection: AsyncConnection,
    seals: Seals,
    actor: Actor,
    form: str,
    fields: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
) -> bool:
    """Keep it over the version that was ``seen`` (0: none); False when there is another one.

    Raises DraftTooLong above :data:`LONGEST_BYTES`.
    """
    typed = json.dumps(fields).encode()
    if len(typed) > LONGEST_BYTES:
        raise DraftTooLong
    await _end(await connection.execute(_FORGET, {"oldest": _oldest(now)}), seals)
    row = await _row(connection, actor, form, now)
    if row is not None and _opened(seals, row, actor, form) is None:
        await drop(connection, seals, actor, form)
        row = None
    if row is not None:
        key_id, own_key = row.key_id, row.own_key
    else:
        client_id = await _whose_page(connection, form)
        key_id, own_key = client_id or new_id(), client_id is None
    await seals.prepare([key_id])
    kept = await connection.execute(
        _BEGIN if seen == 0 else _GO_ON,
        {
            **_whose(actor, form),
            "key_id": key_id,
            "own_key": own_key,
            "fields": seals.seal(typed, key_id, _TABLE, _place(actor, form)),
            "now": now,
            "seen": seen,
        },
    )
    return kept.rowcount == 1


async def drop(connection: AsyncConnection, seals: Seals, actor: Actor, form: str) -> None:
    """Forget it: it was submitted, or is not wanted."""
    await _end(await connection.execute(_DROP, _whose(actor, form)), seals)


async def _end(dropped: sa.Result[Any], seals: Seals) -> None:
    """What was a draft's own key goes with it; no copy of the database has it then."""
    await seals.forget([row.key_id for row in dropped if row.own_key])


async def _row(
    connection: AsyncConnection, actor: Actor, form: str, now: datetime
) -> sa.Row[Any] | None:
    wanted = {**_whose(actor, form), "oldest": _oldest(now)}
    return (await connection.execute(_FIND, wanted)).one_or_none()


def _opened(seals: Seals, row: sa.Row[Any], actor: Actor, form: str) -> dict[str, Any] | None:
    """What was typed; None where its key is gone, and it with it."""
    try:
        typed = seals.open(row.fields, row.key_id, _TABLE, _place(actor, form))
    except (KeyDestroyedError, KeyMissingError):
        return None
    fields: dict[str, Any] = json.loads(typed)
    return fields


async def _whose_page(connection: AsyncConnection, form: str) -> UUID | None:
    """Whose record the form's address names: a client's, or a course or session of theirs."""
    named = [UUID(one) for one in _UUID.findall(form)]
    found: UUID | None = await connection.scalar(_WHOSE_PAGE, {"named": named})
    return found


def _place(actor: Actor, form: str) -> str:
    return f"{actor.role}|{actor.ref}|{form}"


def _whose(actor: Actor, form: str) -> dict[str, Any]:
    return {"role": actor.role, "ref": actor.ref, "form": form}


def _oldest(now: datetime) -> datetime:
    return now - timedelta(days=KEPT_DAYS)
