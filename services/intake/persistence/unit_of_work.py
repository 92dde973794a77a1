"""Intake's unit of work: its repositories on one transaction."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.client import Client
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import DomainEvent
from services.intake.domain.facts import CourseFacts
from services.intake.domain.hold import Hold
from services.intake.domain.incident import Incident
from services.intake.domain.protocol_change import ProtocolChange
from services.intake.domain.question import Question
from services.intake.domain.review import Review
from services.intake.domain.screening import Screening
from services.intake.persistence import tables
from services.intake.persistence.recorded_gates import RECORDED_GATES
from shared.storage import Context, NotFound, SqlFacts, SqlRepository, SqlUnitOfWork


class SqlConsents(SqlRepository[Consent, DomainEvent]):
    """Consents, also by the id of one of their signatures."""

    async def with_signature(self, consent_id: UUID) -> Consent:
        found = await self._matching([tables.consents.c.signatures.contains([consent_id])])
        if not found:
            raise NotFound("consent", consent_id)
        return found[0]


class SqlIntakeUnitOfWork(SqlUnitOfWork):
    recorded_gates = RECORDED_GATES

    def __init__(self, connection: AsyncConnection, context: Context, **parts: Any) -> None:
        super().__init__(connection, context, **parts)
        self.clients: SqlRepository[Client, DomainEvent] = SqlRepository(self, tables.CLIENTS)
        self.courses: SqlRepository[TreatmentCourse, DomainEvent] = SqlRepository(
            self, tables.COURSES
        )
        self.screenings: SqlRepository[Screening, DomainEvent] = SqlRepository(
            self, tables.SCREENINGS
        )
        self.consents = SqlConsents(self, tables.CONSENTS)
        self.questions: SqlRepository[Question, DomainEvent] = SqlRepository(self, tables.QUESTIONS)
        self.safety_holds: SqlRepository[Hold, DomainEvent] = SqlRepository(self, tables.HOLDS)
        self.protocol_changes: SqlRepository[ProtocolChange, DomainEvent] = SqlRepository(
            self, tables.PROTOCOL_CHANGES
        )
        self.reviews: SqlRepository[Review, DomainEvent] = SqlRepository(self, tables.REVIEWS)
        self.incidents: SqlRepository[Incident, DomainEvent] = SqlRepository(self, tables.INCIDENTS)
        self.facts: SqlFacts[CourseFacts] = SqlFacts(connection, tables.COURSE_FACTS, self.reach)

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.facts,)
