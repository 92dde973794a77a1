"""What somebody has typed into a form and not signed yet: a row per person and form.

A form is the page it stands on, with its ``subject`` where the page has several or is about
somebody new each time: ``/clients/new`` is one page, and each enquiry on it a draft of its own.
Only whoever typed it reads it again, on the page of that form, which they must still be allowed to
open. It goes with the form's submission, or after :data:`KEPT_DAYS`. Times are the clinic's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.context import Actor

KEPT_DAYS: Final = 7
LONGEST_BYTES: Final = 65_536

_MINE: Final = " WHERE role = :role AND ref = :ref AND form = :form"
_FIND: Final = sa.text(
    f"SELECT fields, version, saved_at FROM form_drafts{_MINE} AND saved_at > :oldest"  # noqa: S608
)
_ON_PAGE: Final = sa.text(
    "SELECT form, fields, version, saved_at FROM form_drafts WHERE role = :role AND ref = :ref"
    " AND split_part(form, '#', 1) = :form AND saved_at > :oldest ORDER BY saved_at"
)
_BEGIN: Final = sa.text(
    "INSERT INTO form_drafts (role, ref, form, fields, version, saved_at)"
    " VALUES (:role, :ref, :form, :fields, 1, :now) ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("fields", type_=pg.JSONB))
_GO_ON: Final = sa.text(
    "UPDATE form_drafts SET fields = :fields, version = version + 1, saved_at = :now"  # noqa: S608
    f"{_MINE} AND version = :seen"
).bindparams(sa.bindparam("fields", type_=pg.JSONB))
_DROP: Final = sa.text(f"DELETE FROM form_drafts{_MINE}")  # noqa: S608 - constants
_FORGET: Final = sa.text("DELETE FROM form_drafts WHERE saved_at <= :oldest")


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
        "form_drafts",
        metadata,
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("ref", pg.UUID, primary_key=True),
        sa.Column("form", sa.Text, primary_key=True),
        sa.Column("fields", pg.JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Index("form_drafts_saved", "saved_at"),
    )


async def find(connection: AsyncConnection, actor: Actor, form: str, now: datetime) -> Draft | None:
    """This person's draft of this form."""
    row = (
        await connection.execute(_FIND, {**_whose(actor, form), "oldest": _oldest(now)})
    ).one_or_none()
    if row is None:
        return None
    return Draft(fields=row.fields, version=row.version, saved_at=row.saved_at)


async def on_page(
    connection: AsyncConnection, actor: Actor, page: str, now: datetime
) -> Mapping[str, Draft]:
    """This person's drafts of the forms on a page by their subject, the oldest first."""
    rows = await connection.execute(_ON_PAGE, {**_whose(actor, page), "oldest": _oldest(now)})
    return {
        row.form.partition("#")[2]: Draft(
            fields=row.fields, version=row.version, saved_at=row.saved_at
        )
        for row in rows
    }


def form_of(page: str, subject: str) -> str:
    """The name of a form: its page, and which of the page's it is."""
    return f"{page}#{subject}" if subject else page


async def save(
    connection: AsyncConnection,
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
    if len(json.dumps(fields).encode()) > LONGEST_BYTES:
        raise DraftTooLong
    await connection.execute(_FORGET, {"oldest": _oldest(now)})
    row = {**_whose(actor, form), "fields": dict(fields), "now": now}
    kept = await connection.execute(_BEGIN if seen == 0 else _GO_ON, {**row, "seen": seen})
    return kept.rowcount == 1


async def drop(connection: AsyncConnection, actor: Actor, form: str) -> None:
    """Forget it: it was submitted, or is not wanted."""
    await connection.execute(_DROP, _whose(actor, form))


def _whose(actor: Actor, form: str) -> dict[str, Any]:
    return {"role": actor.role, "ref": actor.ref, "form": form}


def _oldest(now: datetime) -> datetime:
    return now - timedelta(days=KEPT_DAYS)
