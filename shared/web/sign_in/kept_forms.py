"""What somebody had typed when they were asked who they are: kept for a while, for them alone."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.sealing import digest, opened, sealed
from shared.storage import Actor

NAME: Final = "kept"
"""The word in a page's address under which it finds what had been typed on it."""
HOURS: Final = 12
"""As long as a session: whoever comes back to a locked screen finds what they had typed."""

_KEEP: Final = sa.text(
    "INSERT INTO kept_forms (id_hash, role, ref, sealed) VALUES (:id, :role, :ref, :sealed)"
)
_FIND: Final = sa.text(
    "SELECT sealed FROM kept_forms WHERE id_hash = :id AND role = :role AND ref = :ref"
    " AND made_at > clock_timestamp() - make_interval(hours => :hours)"
)
_FORGET: Final = sa.text(
    "DELETE FROM kept_forms WHERE made_at <= clock_timestamp() - make_interval(hours => :hours)"
)


async def keep(connection: AsyncConnection, actor: Actor, values: Mapping[str, Any]) -> str:
    """Keep a form's fields; returns the secret that finds and opens them."""
    kept = secrets.token_urlsafe(32)
    await connection.execute(_FORGET, {"hours": HOURS})
    await connection.execute(
        _KEEP,
        {
            "id": digest(kept),
            "role": actor.role,
            "ref": actor.ref,
            "sealed": sealed(dict(values), kept),
        },
    )
    return kept


async def found(connection: AsyncConnection, actor: Actor, kept: str) -> Mapping[str, Any] | None:
    """The fields, if this is who typed them. Pages read themselves again, so again and again."""
    values = {"id": digest(kept), "role": actor.role, "ref": actor.ref, "hours": HOURS}
    row = (await connection.execute(_FIND, values)).one_or_none()
    fields = None if row is None else opened(row.sealed, kept)
    return fields if isinstance(fields, dict) else None
