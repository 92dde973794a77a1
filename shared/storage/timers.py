"""Deadlines of the service's own, set and cancelled with the state that they belong to.

A deadline is also checked whenever it is read; the timer only announces it.
"""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

TimerValue: TypeAlias = str | int | bool | None

_SET = sa.text(
    """
    INSERT INTO timers (kind, key, client_id, due_at, payload)
    VALUES (:kind, :key, :client_id, :due_at, :payload)
    ON CONFLICT (kind, key) DO UPDATE
    SET due_at = excluded.due_at, payload = excluded.payload,
        attempts = 0, retry_at = NULL, reason = NULL
    """
).bindparams(sa.bindparam("payload", type_=JSONB))
_CANCEL = sa.text("DELETE FROM timers WHERE kind = :kind AND key = :key")


class SqlTimers:
    """Sets and cancels timers within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.touched = False

    async def set(
        self, kind: str, key: UUID, due_at: datetime, *, client_id: UUID, **payload: TimerValue
    ) -> None:
        """Announce ``due_at`` (UTC) to the policy named ``kind``; replaces an earlier setting."""
        await self._connection.execute(
            _SET,
            {
                "kind": kind,
                "key": key,
                "client_id": client_id,
                "due_at": due_at,
                "payload": payload,
            },
        )
        self.touched = True

    async def cancel(self, kind: str, key: UUID) -> None:
        """Forget a timer, if it is set."""
        await self._connection.execute(_CANCEL, {"kind": kind, "key": key})
