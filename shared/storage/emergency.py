"""Broken glass: a client's record, opened in an emergency by somebody who is not on the team.

It is open for an hour of the clinic's time at most, to one person, for one client, for reading; and
until somebody else has looked at it, it is a task that nobody can remove. The explanation stays in
this database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Unblock, refuse
from shared.storage.context import Context
from shared.storage.driver import driver_of
from shared.storage.errors import NotFound

LONGEST: Final = timedelta(minutes=60)

_KNOWN: Final = "SELECT FROM client_relations WHERE client_id = $1 LIMIT 1"
_OPEN: Final = """
    INSERT INTO emergency_accesses
        (id, client_id, role, person_ref, reason_code, explanation, begins_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_COLUMNS: Final = (
    "id, client_id, role, person_ref, reason_code, explanation, begins_at, ends_at,"
    " reviewed_at, reviewed_by, finding"
)
_TO_REVIEW: Final = (
    f"SELECT {_COLUMNS} FROM emergency_accesses"  # noqa: S608 - constants
    " WHERE $1 OR reviewed_at IS NULL ORDER BY begins_at DESC, id LIMIT 500"
)
_ONE: Final = f"SELECT {_COLUMNS} FROM emergency_accesses WHERE id = $1 FOR UPDATE"  # noqa: S608
_WAITING: Final = sa.text("SELECT count(*) FROM emergency_accesses WHERE reviewed_at IS NULL")
_REVIEW: Final = (
    "UPDATE emergency_accesses SET reviewed_at = $2, reviewed_by = $3, finding = $4 WHERE id = $1"
)


class EmergencyReason(StrEnum):
    MEDICAL_EMERGENCY = "medical_emergency"
    CARE_TEAM_ABSENT = "care_team_absent"
    SAFETY_CONCERN = "safety_concern"


class Finding(StrEnum):
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    """Who opened whose record, why and until when, and what came of the review."""

    id: UUID
    client_id: UUID
    role: str
    person_ref: UUID
    reason_code: str
    explanation: str
    begins_at: datetime
    ends_at: datetime
    reviewed_at: datetime | None = None
    reviewed_by: UUID | None = None
    finding: str | None = None


async def waiting_for_review(connection: AsyncConnection) -> int:
    """How many were opened that nobody has looked at."""
    return int((await connection.execute(_WAITING)).scalar_one())


class SqlEmergencyAccesses:
    """Opened and reviewed within one transaction."""

    def __init__(self, connection: AsyncConnection, context: Context) -> None:
        self._connection = connection
        self._context = context

    async def open(
        self,
        *,
        access_id: UUID,
        client_id: UUID,
        reason: EmergencyReason,
        explanation: str,
        minutes: int,
    ) -> EmergencyAccess:
        """Open a client's record to whoever acts; raises :class:`NotFound` for no client."""
        actor, now = self._context.actor, self._context.now
        driver = driver_of(self._connection)
        if not await driver.fetch(_KNOWN, client_id) or actor.ref is None:
            raise NotFound("client", client_id)
        opened = EmergencyAccess(
            id=access_id,
            client_id=client_id,
            role=actor.role,
            person_ref=actor.ref,
            reason_code=reason.value,
            explanation=explanation,
            begins_at=now,
            ends_at=now + min(timedelta(minutes=minutes), LONGEST),
        )
        await driver.execute(
            _OPEN,
            opened.id,
            opened.client_id,
            opened.role,
            opened.person_ref,
            opened.reason_code,
            opened.explanation,
            opened.begins_at,
            opened.ends_at,
        )
        return opened

    async def listed(self, *, reviewed_too: bool) -> Sequence[EmergencyAccess]:
        """Those that wait for a review, the latest first; with ``reviewed_too`` all."""
        rows = await driver_of(self._connection).fetch(_TO_REVIEW, reviewed_too)
        return [EmergencyAccess(**dict(row)) for row in rows]

    async def review(self, access_id: UUID, finding: Finding) -> EmergencyAccess:
        """Close the task of looking at it; nobody reviews what they opened themselves."""
        driver = driver_of(self._connection)
        rows = await driver.fetch(_ONE, access_id)
        if not rows:
            raise NotFound("emergency access", access_id)
        found = EmergencyAccess(**dict(rows[0]))
        if found.reviewed_at is not None:
            refuse("emergency-access-reviewed", "reliability 2.1")
        if found.person_ref == self._context.actor.ref:
            refuse(
                "emergency-access-own",
                "reliability 2.1",
                Unblock(fact="review", owner="operator", action="have somebody else look at it"),
            )
        actor, now = self._context.actor, self._context.now
        await driver.execute(_REVIEW, access_id, now, actor.ref, finding.value)
        rows = await driver.fetch(_ONE, access_id)
        return EmergencyAccess(**dict(rows[0]))
