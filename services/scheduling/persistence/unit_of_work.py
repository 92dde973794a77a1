"""One transaction of scheduling."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.desk_task import DeskTask
from services.scheduling.domain.escort import EscortContact
from services.scheduling.domain.events import (
    HoldEvent,
    IncidentRecorded,
    PreparationCompleted,
    SessionEvent,
)
from services.scheduling.domain.hold import Hold
from services.scheduling.domain.incident import RecordedIncident
from services.scheduling.domain.note import Note
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.room import Room
from services.scheduling.domain.session import Session
from services.scheduling.domain.summary import Summary
from services.scheduling.persistence import tables
from services.scheduling.persistence.recorded_gates import RECORDED_GATES
from services.scheduling.persistence.resource_book import SqlResourceBook
from shared.storage import Context, SqlFacts, SqlRepository, SqlUnitOfWork

_CLIENT_OF = sa.select(tables.course_facts.c.client_id)


class SqlSchedulingUnitOfWork(SqlUnitOfWork):
    recorded_gates = RECORDED_GATES

    def __init__(self, connection: AsyncConnection, context: Context, **parts: Any) -> None:
        super().__init__(connection, context, **parts)
        self.sessions: SqlRepository[Session, SessionEvent] = SqlRepository(self, tables.SESSIONS)
        self.preparations: SqlRepository[Preparation, PreparationCompleted] = SqlRepository(
            self, tables.PREPARATIONS
        )
        self.own_holds: SqlRepository[Hold, HoldEvent] = SqlRepository(self, tables.HOLDS)
        self.incidents: SqlRepository[RecordedIncident, IncidentRecorded] = SqlRepository(
            self, tables.INCIDENTS
        )
        self.tasks: SqlRepository[DeskTask, None] = SqlRepository(self, tables.DESK_TASKS)
        self.escort_contacts: SqlRepository[EscortContact, None] = SqlRepository(
            self, tables.ESCORT_CONTACTS
        )
        self.summaries: SqlRepository[Summary, None] = SqlRepository(self, tables.SUMMARIES)
        self.notes: SqlRepository[Note, None] = SqlRepository(self, tables.NOTES)
        self.rooms: SqlRepository[Room, None] = SqlRepository(self, tables.ROOMS)
        self.clinicians: SqlRepository[Clinician, None] = SqlRepository(self, tables.CLINICIANS)
        self.facts: SqlFacts[CourseFacts] = SqlFacts(
            connection, tables.COURSE_FACTS, self.reach, self.seals
        )
        self.resources = SqlResourceBook(connection, self.reach)

    async def client_of(self, course_id: UUID) -> UUID | None:
        """Whose a course is; it never becomes another's, so no lock is needed to ask."""
        found = await self.connection.execute(
            _CLIENT_OF.where(tables.course_facts.c.key == course_id)
        )
        client_id = found.scalar_one_or_none()
        return client_id if client_id is None or await self.reach.of(client_id) else None

    async def promised_with(self, clinician_id: UUID) -> list[tuple[UUID, UUID]]:
        """The sessions that are booked with a clinician, each with its client; none is locked."""
        columns = tables.sessions.c
        found = await self.connection.execute(
            sa.select(columns.id, columns.client_id).where(
                columns.status.in_(("scheduled", "blocked")),
                sa.or_(
                    columns.therapist_ref == clinician_id, columns.attendant_ref == clinician_id
                ),
            )
        )
        return [(row.id, row.client_id) for row in found]

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.facts,)
