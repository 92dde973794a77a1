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
from services.intake.domain.substance_use import is_shared
from services.intake.persistence import tables
from services.intake.persistence.erasures import SqlErasures, refuse_while_erasing
from services.intake.persistence.recorded_gates import RECORDED_GATES
from shared.storage import (
    AggregateTable,
    Context,
    NotFound,
    SqlFacts,
    SqlRepository,
    SqlUnitOfWork,
)


class SqlConsents(SqlRepository[Consent, DomainEvent]):
    """Consents, also by the id of one of their signatures."""

    async def with_signature(self, consent_id: UUID) -> Consent:
        found = await self._matching([tables.consents.c.signatures.contains([consent_id])])
        if not found:
            raise NotFound("consent", consent_id)
        return found[0]


class SqlScreenings(SqlRepository[Screening, DomainEvent]):
    """Screenings. A labelled one is there for those who may read that (42 CFR Part 2)."""

    def __init__(
        self, uow: SqlUnitOfWork, consents: SqlConsents, stored: AggregateTable[Screening]
    ) -> None:
        super().__init__(uow, stored)
        self._uow = uow
        self._consents = consents

    async def find(self, aggregate_id: UUID) -> Screening | None:
        found = await super().find(aggregate_id)
        return found if found is not None and await self._is_shown(found) else None

    async def list_by(self, **columns: Any) -> list[Screening]:
        found = await super().list_by(**columns)
        return [one for one in found if await self._is_shown(one)]

    async def _is_shown(self, screening: Screening) -> bool:
        if not screening.labelled:
            return True
        consent = await self._consents.find_by(course_id=screening.course_id)
        shared = is_shared(consent, self._uow.now)
        return await self._uow.reach.of_labelled(screening.client_id, shared=shared)


class SqlIntakeUnitOfWork(SqlUnitOfWork):
    recorded_gates = RECORDED_GATES

    def __init__(self, connection: AsyncConnection, context: Context, **parts: Any) -> None:
        super().__init__(connection, context, **parts)
        self.clients: SqlRepository[Client, DomainEvent] = SqlRepository(self, tables.CLIENTS)
        self.courses: SqlRepository[TreatmentCourse, DomainEvent] = SqlRepository(
            self, tables.COURSES
        )
        self.consents = SqlConsents(self, tables.CONSENTS)
        self.screenings = SqlScreenings(self, self.consents, tables.SCREENINGS)
        self.questions: SqlRepository[Question, DomainEvent] = SqlRepository(self, tables.QUESTIONS)
        self.safety_holds: SqlRepository[Hold, DomainEvent] = SqlRepository(self, tables.HOLDS)
        self.protocol_changes: SqlRepository[ProtocolChange, DomainEvent] = SqlRepository(
            self, tables.PROTOCOL_CHANGES
        )
        self.reviews: SqlRepository[Review, DomainEvent] = SqlRepository(self, tables.REVIEWS)
        self.incidents: SqlRepository[Incident, DomainEvent] = SqlRepository(self, tables.INCIDENTS)
        self.erasures = SqlErasures(self, tables.ERASURES)
        self._erases = False
        self.facts: SqlFacts[CourseFacts] = SqlFacts(
            connection, tables.COURSE_FACTS, self.reach, self.seals
        )

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.facts,)

    async def lock_for_erasing(self, client_id: UUID) -> None:
        """Lock a client for the one thing that goes on while the flag is up."""
        self._erases = True
        await self.lock_client(client_id)

    async def flush(self) -> None:
        access = self.context.access
        if access is not None and not access.reading and not self._erases:
            await refuse_while_erasing(self.connection, self.about)
        await super().flush()
