"""Clients who were erased: what goes of them, and the word that stays.

``erase_client`` is a function of the database. It deletes every row of a client and leaves the word
that they are erased, in one statement of the transaction that decides or hears it; nothing else
deletes what is known of a client. After the commit the client's key is destroyed, so that no
copy of the rows is of any use (:mod:`shared.serving.shredding`).

What stays are messages and the audit chain: ids, types and times, and nothing that a person is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.driver import driver_of

TABLE: Final = "erased_clients"

STAYS: Final = "stays when a client is erased"
"""Marks a table that names clients and keeps its rows, with what it says of them."""

_ERASE: Final = "SELECT erase_client($1)"
_ERASED: Final = sa.text("SELECT client_id FROM erased_clients")


def add_erased_clients(metadata: sa.MetaData, info: Mapping[str, Any]) -> None:
    """Declare the table in a service's metadata."""
    sa.Table(
        TABLE,
        metadata,
        sa.Column("client_id", pg.UUID, primary_key=True),
        sa.Column(
            "erased_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
        info={STAYS: "the word itself", **info},
    )


async def erase(connection: AsyncConnection, clients: Iterable[UUID]) -> None:
    """Delete everything of these clients; the caller holds their locks. Twice does no harm."""
    for client_id in clients:
        await driver_of(connection).fetch(_ERASE, client_id)


async def erased_clients(connection: AsyncConnection) -> frozenset[UUID]:
    """Everybody of whom it is known that they were erased."""
    return frozenset((await connection.execute(_ERASED)).scalars())
