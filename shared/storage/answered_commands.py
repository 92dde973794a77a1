"""Commands that were answered once, so that the same request gets the same answer again."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.errors import NotFound
from shared.storage.keyring import KeyDestroyedError
from shared.storage.seals import Seals

_TABLE: Final = "answered_commands"

_CLAIM = sa.text(
    """
    INSERT INTO answered_commands (actor, key, request_hash, status, answer)
    VALUES (:actor, :key, :request_hash, 0, '') ON CONFLICT DO NOTHING
    """
)
_RECALL = sa.text(
    "SELECT request_hash, status, answer, clients FROM answered_commands"
    " WHERE actor = :actor AND key = :key"
)
_REMEMBER = sa.text(
    "UPDATE answered_commands SET status = :status, answer = :answer, clients = :clients"
    " WHERE actor = :actor AND key = :key"
).bindparams(sa.bindparam("clients", type_=pg.ARRAY(pg.UUID)))


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

    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def claim(self, actor: str, key: str, request_hash: bytes) -> Answered | None:
        """None when the key is now ours, else the answer that was given under it."""
        ours = {"actor": actor, "key": key}
        claimed = await self._connection.execute(_CLAIM, {**ours, "request_hash": request_hash})
        if claimed.rowcount == 1:
            return None
        return await self.recall(actor, key, request_hash)

    async def recall(self, actor: str, key: str | None, request_hash: bytes) -> Answered | None:
        """The answer that was given under a key, or None when there is none yet.

        Raises :class:`NotFound` when somebody whom it was about was erased since.
        """
        if key is None:
            return None
        found = await self._connection.execute(_RECALL, {"actor": actor, "key": key})
        row = found.one_or_none()
        if row is None:
            return None
        if not row.answer:
            raise NotFound("answer", key)
        if bytes(row.request_hash) != request_hash:
            raise KeyReusedError(key)
        return Answered(row.status, self._opened(actor, key, row), frozenset(row.clients))

    async def remember(self, actor: str, key: str, answered: Answered) -> None:
        """Keep the answer under a claimed key, sealed for whom it is about."""
        await self._seals.prepare(answered.clients or [None])
        said = json.dumps(answered.answer).encode()
        await self._connection.execute(
            _REMEMBER,
            {
                "actor": actor,
                "key": key,
                "status": answered.status,
                "answer": self._seals.seal_for_all(
                    said, answered.clients, _TABLE, _row(actor, key)
                ),
                "clients": list(answered.clients),
            },
        )

    def _opened(self, actor: str, key: str, row: sa.Row[Any]) -> Any:
        try:
            return json.loads(
                self._seals.open_of_all(row.answer, row.clients, _TABLE, _row(actor, key))
            )
        except KeyDestroyedError:
            raise NotFound("answer", key) from None


def _row(actor: str, key: str) -> str:
    return f"{actor}|{key}"
