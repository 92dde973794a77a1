"""What simulated channels would have sent, with as much of the address as tells who it is."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.handlers.ports import Outgoing
from services.notifications.persistence.tables import simulated_outbox
from shared.storage.reach import SqlReach


class Kept(NamedTuple):
    """A message as its reader would have seen it."""

    message_id: UUID
    channel: str
    client_id: UUID
    at: datetime
    language: str
    sent_to: str
    subject: str
    body: str


class SqlSimulatedOutbox:
    """Keeps each message once for its id and channel."""

    def __init__(self, connection: AsyncConnection, reach: SqlReach) -> None:
        self._connection = connection
        self._reach = reach

    async def keep(self, outgoing: Outgoing) -> None:
        await self._connection.execute(
            insert(simulated_outbox)
            .values(
                message_id=outgoing.message_id,
                channel=outgoing.channel.value,
                client_id=outgoing.client_id,
                at=outgoing.at,
                language=outgoing.language.value,
                sent_to=recognisable(outgoing.address),
                subject=outgoing.subject,
                body=outgoing.body,
            )
            .on_conflict_do_nothing()
        )

    async def newest(self, client_id: UUID | None, most: int) -> list[Kept]:
        query = sa.select(*(simulated_outbox.c[name] for name in Kept._fields))
        if client_id is not None:
            query = query.where(simulated_outbox.c.client_id == client_id)
        query = query.order_by(simulated_outbox.c.message_id.desc()).limit(most)
        rows = await self._connection.execute(await self._reach.narrow(query))
        return [Kept(*row) for row in rows]


def recognisable(address: str) -> str:
    """The last two digits of a number, the first letter and the domain of a mail address."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"…{address[-2:]}"
