"""The issuer's own audit chain: who came in, who was not let in, and what was done to accounts.

A row is written in the transaction that does what it tells of, as the services do it. It names
people by the opaque reference that the services' chains name them by, and repeats nothing that
somebody typed: what was tried as a login is in it only as the person whose login it is.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.accounts import Account
from cli.issuer.programs import Program
from shared.audit import Entry, Outcome
from shared.runtime.ids import new_id
from shared.storage import AuditTrail
from shared.storage.driver import driver_of

ADMINISTRATOR: Final = "administrator"
NOBODY: Final = "nobody"
_BEGIN: Final = sa.text("SELECT 1")


class Audited:
    """Writes the rows; last of all in a transaction, because whoever comes next waits for it."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail

    async def did(
        self, connection: AsyncConnection, who: Account | Program, action: str, why: str
    ) -> None:
        """Somebody known did something; ``why`` is what they had proved it with."""
        said = _entry(action, Outcome.ALLOWED, who.role, why)
        await self._add(connection, replace(said, ref=who.ref))

    async def turned_away(
        self,
        connection: AsyncConnection,
        action: str,
        why: str,
        target: UUID | None,
        *,
        outcome: Outcome = Outcome.DENIED,
    ) -> None:
        """Nobody knows who, and they were not let in; ``target`` is whose account it was about."""
        said = _entry(action, outcome, NOBODY, why)
        await self._add(connection, replace(said, target=target))

    async def administered(
        self, connection: AsyncConnection, action: str, target: UUID | None
    ) -> None:
        """Whoever holds the clinic's secret changed something of this person's account."""
        said = _entry(action, Outcome.ALLOWED, ADMINISTRATOR, "administration")
        await self._add(connection, replace(said, target=target))

    async def _add(self, connection: AsyncConnection, entry: Entry) -> None:
        await connection.execute(_BEGIN)  # a transaction begins with its first statement
        await self._trail.add(driver_of(connection), [entry])


def _entry(action: str, outcome: Outcome, role: str, why: str) -> Entry:
    return Entry(
        action=action,
        outcome=outcome,
        role=role,
        ref=None,
        why=why,
        clinic_time=datetime.now(UTC),
        correlation_id=new_id(),
    )
