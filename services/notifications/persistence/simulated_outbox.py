"""What simulated channels would have sent, with as much of the address as tells who it is."""

import json
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.handlers.ports import Outgoing
from services.notifications.persistence.tables import simulated_outbox
from shared.storage.keyring import KeyDestroyedError
from shared.storage.reach import SqlReach
from shared.storage.seals import Seals


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

    def __init__(self, connection: AsyncConnection, reach: SqlReach, seals: Seals) -> None:
        self._connection = connection
        self._reach = reach
        self._seals = seals

    async def keep(self, outgoing: Outgoing) -> None:
        await self._seals.prepare([outgoing.client_id])
        letter = {
            "sent_to": recognisable(outgoing.address),
            "subject": outgoing.subject,
            "body": outgoing.body,
        }
        await self._connection.execute(
            insert(simulated_outbox)
            .values(
                message_id=outgoing.message_id,
                channel=outgoing.channel.value,
                client_id=outgoing.client_id,
                at=outgoing.at,
                language=outgoing.language.value,
                letter=self._seals.seal(
                    json.dumps(letter).encode(),
                    outgoing.client_id,
                    simulated_outbox.name,
                    _row(outgoing.message_id, outgoing.channel.value),
                ),
            )
            .on_conflict_do_nothing()
        )

    async def newest(self, client_id: UUID | None, most: int) -> list[Kept]:
        query = sa.select(simulated_outbox)
        if client_id is not None:
            query = query.where(simulated_outbox.c.client_id == client_id)
        query = query.order_by(simulated_outbox.c.message_id.desc()).limit(most)
        rows = await self._connection.execute(await self._reach.narrow(query))
        found = []
        for row in rows.mappings():
            with suppress(KeyDestroyedError):
                found.append(self._opened(row))
        return found

    def _opened(self, row: sa.RowMapping) -> Kept:
        known = dict(row)
        letter = self._seals.open(
            known.pop("letter"),
            known["client_id"],
            simulated_outbox.name,
            _row(known["message_id"], known["channel"]),
        )
        return Kept(**known, **json.loads(letter))


def _row(message_id: UUID, channel: str) -> str:
    return f"{message_id}|{channel}"


def recognisable(address: str) -> str:
    """The last two digits of a number, the first letter and the domain of a mail address."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"…{address[-2:]}"
