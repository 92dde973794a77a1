"""Commands that were answered once, so that the same request gets the same answer again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_CLAIM = sa.text(
    """
    INSERT INTO answered_commands (actor, key, request_hash, status, answer)
    VALUES (:actor, :key, :request_hash, 0, 'null') ON CONFLICT DO NOTHING
    """
)
_RECALL = sa.text(
    "SELECT request_hash, status, answer, clients FROM answered_commands"
    " WHERE actor = :actor AND key = :key"
)
_REMEMBER = sa.text(
    "UPDATE answered_commands SET status = :status, answer = :answer, clients = :clients"
    " WHERE actor = :actor AND key = :key"
).bindparams(sa.bindparam("answer", type_=JSONB), sa.bindparam("clients", type_=pg.ARRAY(pg.UUID)))


class KeyReusedError(Exception):
    """An idempotency key came again with another request."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The status and the JSON body that the first request got, and whom it was about."""

    status: int
    answer: Any
    clients: frozenset[UUID] = frozenset()


class SqlAnsweredCommands:
    """Claims an idempotency key and keeps its answer in the command's own transaction.

    The second of two requests at once waits for the first at the claim: it then reads the
    first one's answer, or, if the first was refused and left nothing, runs itself.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, actor: str, key: str, request_hash: bytes) -> Answered | None:
        """None when the key is now ours, else the answer that was given under it."""
        ours = {"actor": actor, "key": key}
        claimed = await self._connection.execute(_CLAIM, {**ours, "request_hash": request_hash})
        if claimed.rowcount == 1:
            return None
        return await self.recall(actor, key, request_hash)

    async def recall(self, actor: str, key: str | None, request_hash: bytes) -> Answered | None:
        """The answer that was given under a key, or None when there is none yet."""
        if key is None:
            return None
        found = await self._connection.execute(_RECALL, {"actor": actor, "key": key})
        row = found.one_or_none()
        if row is None:
            return None
        if bytes(row.request_hash) != request_hash:
            raise KeyReusedError(key)
        return Answered(row.status, row.answer, frozenset(row.clients))

    async def remember(self, actor: str, key: str, answered: Answered) -> None:
        """Keep the answer under a claimed key."""
        await self._connection.execute(
            _REMEMBER,
            {
                "actor": actor,
                "key": key,
                "status": answered.status,
                "answer": answered.answer,
                "clients": list(answered.clients),
            },
        )
