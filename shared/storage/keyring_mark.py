"""Which keyring a database was sealed with: so that no other is taken for it."""

from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

_THERE: Final = sa.text("SELECT to_regclass('public.keyring_mark') IS NOT NULL")
_ID: Final = sa.text("SELECT keyring_id FROM keyring_mark")
MARK: Final = sa.text("INSERT INTO keyring_mark (keyring_id) VALUES (:keyring_id)")


def add_keyring_mark(metadata: sa.MetaData) -> None:
    """Declare the table in a service's metadata."""
    sa.Table(
        "keyring_mark",
        metadata,
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("keyring_id", pg.UUID, nullable=False),
        sa.CheckConstraint("single", name="keyring_mark_is_one_row"),
    )


async def keyring_of(connection: AsyncConnection) -> UUID | None:
    """The id of the keyring; None where the database was not sealed yet."""
    if not await connection.scalar(_THERE):
        return None
    found: UUID | None = await connection.scalar(_ID)
    return found
