"""Broken glass: a client's record, opened in an emergency by somebody who is not on the team.

It is open for an hour of the clinic's time at most, to one person, for one client, for reading; and
until somebody else has looked at it, it is a task that nobody can remove. That it was opened, and
that it was reviewed, is told to the other services; reason and explanation stay in this database.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decisions import Unblock, refuse
from shared.storage.context import Actor, Context
from shared.storage.driver import driver_of
from shared.storage.errors import NotFound
from shared.storage.keyring import KeyDestroyedError
from shared.storage.seals import Seals
from shared.storage.timers import SqlTimers

LONGEST: Final = timedelta(minutes=60)
KIND: Final = "emergency_access"
TABLE: Final = "emergency_accesses"

OVER_TIMER: Final = "emergency_access_over"

_KNOWN: Final = """
    SELECT client_id FROM client_relations WHERE client_id = $1 OR source = $1
    UNION SELECT client_id FROM course_protocols WHERE course_id = $1 LIMIT 1
"""
_COURSE: Final = "SELECT max(course_id::text) AS course FROM course_protocols WHERE client_id = $1"
_OPEN_TO: Final = sa.text(
    "SELECT max(ends_at) FROM emergency_accesses"
    " WHERE role = :role AND person_ref = :ref AND ends_at > :now"
)
_OPEN: Final = """
    INSERT INTO emergency_accesses
        (id, client_id, role, person_ref, reason_code, sealed_explanation, begins_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_COLUMNS: Final = (
    "id, client_id, role, person_ref, reason_code, sealed_explanation, begins_at, ends_at,"
    " reviewed_at, reviewed_by, finding"
)
_TO_REVIEW: Final = (
    f"SELECT {_COLUMNS} FROM emergency_accesses"  # noqa: S608 - constants
    " WHERE $1 OR reviewed_at IS NULL ORDER BY begins_at DESC, id LIMIT 500"
)
_ONE: Final = f"SELECT {_COLUMNS} FROM emergency_accesses WHERE id = $1 FOR UPDATE"  # noqa: S608
_WAITING: Final = sa.text("SELECT count(*) FROM emergency_accesses WHERE reviewed_at IS NULL")
_UNSETTLED: Final = (
    "SELECT 1 FROM emergency_accesses"
    " WHERE client_id = $1 AND (reviewed_at IS NULL OR ends_at > $2) LIMIT 1"
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccessOpened:
    at: datetime
    access_id: UUID
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccessReviewed:
    at: datetime
    access_id: UUID


@dataclass(frozen=True, slots=True)
class AboutCourse:
    """Whose the access is, and which course of theirs its events are filed under: the newest."""

    id: UUID
    client_id: UUID
    course_id: UUID | None


class Transaction(Protocol):
    """What opening and reviewing needs of its unit of work."""

    @property
    def connection(self) -> AsyncConnection: ...
    @property
    def context(self) -> Context: ...
    @property
    def timers(self) -> SqlTimers: ...
    @property
    def seals(self) -> Seals: ...
    async def lock_client(self, client_id: UUID) -> None: ...
    def stage(self, kind: str, aggregate: Any, event: Any) -> None: ...
    async def emergency_opened(self, access: EmergencyAccess, course_id: UUID | None) -> None: ...
    async def emergency_reviewed(self, access: EmergencyAccess) -> None: ...


async def open_until(connection: AsyncConnection, actor: Actor, now: datetime) -> datetime | None:
    """Until when a record is open to this person in an emergency; None: none is."""
    found = await connection.execute(_OPEN_TO, {"role": actor.role, "ref": actor.ref, "now": now})
    until: datetime | None = found.scalar_one()
    return until


async def waiting_for_review(connection: AsyncConnection) -> int:
    """How many were opened that nobody has looked at."""
    return int((await connection.execute(_WAITING)).scalar_one())


class SqlEmergencyAccesses:
    """Opened and reviewed within one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def open(
        self,
        *,
        access_id: UUID,
        named: UUID,
        reason: EmergencyReason,
        explanation: str,
        minutes: int,
    ) -> EmergencyAccess:
        """Open a client's record to whoever acts; raises :class:`NotFound` for no client.

        ``named`` is the client's id, or that of a course or session of theirs: whoever was turned
        away from one knows no other.
        """
        transaction = self._transaction
        actor, now = transaction.context.actor, transaction.context.now
        driver = driver_of(transaction.connection)
        found = await driver.fetch(_KNOWN, named)
        if not found or actor.ref is None:
            raise NotFound("client", named)
        client_id: UUID = found[0]["client_id"]
        await transaction.lock_client(client_id)
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
        await transaction.seals.prepare([client_id])
        await driver.execute(
            _OPEN,
            opened.id,
            opened.client_id,
            opened.role,
            opened.person_ref,
            opened.reason_code,
            transaction.seals.seal(explanation.encode(), client_id, TABLE, opened.id),
            opened.begins_at,
            opened.ends_at,
        )
        await transaction.timers.set(OVER_TIMER, opened.id, opened.ends_at, client_id=client_id)
        about = await self._about(opened)
        transaction.stage(
            KIND, about, EmergencyAccessOpened(at=now, access_id=opened.id, ends_at=opened.ends_at)
        )
        await transaction.emergency_opened(opened, about.course_id)
        return opened

    async def find(self, access_id: UUID) -> EmergencyAccess | None:
        """One of them, whoever opened it."""
        rows = await driver_of(self._transaction.connection).fetch(_ONE, access_id)
        return self._read(rows[0]) if rows else None

    async def listed(self, *, reviewed_too: bool) -> Sequence[EmergencyAccess]:
        """Those that wait for a review, the latest first; with ``reviewed_too`` all."""
        rows = await driver_of(self._transaction.connection).fetch(_TO_REVIEW, reviewed_too)
        return [self._read(row) for row in rows]

    async def unsettled(self, client_id: UUID) -> bool:
        """Whether the client's record is open to somebody, or was and nobody has looked at why."""
        transaction = self._transaction
        now = transaction.context.now
        return bool(await driver_of(transaction.connection).fetch(_UNSETTLED, client_id, now))

    async def review(self, access_id: UUID, finding: Finding) -> EmergencyAccess:
        """Close the task of looking at it; nobody reviews what they opened themselves."""
        transaction = self._transaction
        actor, now = transaction.context.actor, transaction.context.now
        found = await self.find(access_id)
        if found is None:
            raise NotFound("emergency access", access_id)
        if found.reviewed_at is not None:
            refuse("emergency-access-reviewed", "reliability 2.1")
        if found.person_ref == actor.ref:
            refuse(
                "emergency-access-own",
                "reliability 2.1",
                Unblock(fact="review", owner="operator", action="have somebody else look at it"),
            )
        await transaction.lock_client(found.client_id)
        reviewed = replace(found, reviewed_at=now, reviewed_by=actor.ref, finding=finding.value)
        await driver_of(transaction.connection).execute(
            _REVIEW, access_id, now, actor.ref, finding.value
        )
        told = EmergencyAccessReviewed(at=now, access_id=access_id)
        transaction.stage(KIND, await self._about(reviewed), told)
        await transaction.emergency_reviewed(reviewed)
        return reviewed

    def _read(self, row: Mapping[str, Any]) -> EmergencyAccess:
        """Who opened whose record stays when the client is erased; why they did is gone then."""
        known = dict(row)
        sealed = known.pop("sealed_explanation")
        explanation = ""
        with suppress(KeyDestroyedError):
            place = known["client_id"], TABLE, known["id"]
            if sealed:
                explanation = self._transaction.seals.open(sealed, *place).decode()
        return EmergencyAccess(explanation=explanation, **known)

    async def _about(self, access: EmergencyAccess) -> AboutCourse:
        rows = await driver_of(self._transaction.connection).fetch(_COURSE, access.client_id)
        course = rows[0]["course"]
        return AboutCourse(access.id, access.client_id, None if course is None else UUID(course))
