"""Prescribing's unit of work: its repositories on one transaction."""

from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.recovery import Recovery
from services.prescribing.persistence import tables
from services.prescribing.persistence.recorded_gates import RECORDED_GATES
from shared.storage import (
    AggregateTable,
    Context,
    NotFound,
    SqlFacts,
    SqlRepository,
    SqlUnitOfWork,
)
from shared.storage.aggregates import Aggregate

S = TypeVar("S", bound=Aggregate)


class SqlChecks(SqlRepository[PreDoseCheck, DomainEvent]):
    async def with_check(self, check_id: UUID) -> PreDoseCheck:
        """The checks of the session that this one belongs to."""
        found = await self._matching([tables.checks.c.check_ids.contains([check_id])])
        if not found:
            raise NotFound("pre-dose check", check_id)
        return found[0]


class SqlRecoveries(SqlRepository[Recovery, DomainEvent]):
    async def with_clearance(self, clearance_id: UUID) -> Recovery:
        """The recovery in which this clearance was given."""
        found = await self._matching([tables.recoveries.c.clearance_ids.contains([clearance_id])])
        if not found:
            raise NotFound("clearance", clearance_id)
        return found[0]


class SqlPrescribingUnitOfWork(SqlUnitOfWork):
    recorded_gates = RECORDED_GATES

    def __init__(self, connection: AsyncConnection, context: Context, **parts: Any) -> None:
        super().__init__(connection, context, **parts)
        self.assessments = self._of(tables.ASSESSMENTS)
        self.registrations = self._of(tables.REGISTRATIONS)
        self.prescriptions = self._of(tables.PRESCRIPTIONS)
        self.dose_orders = self._of(tables.DOSE_ORDERS)
        self.ledgers = self._of(tables.LEDGERS)
        self.checks = SqlChecks(self, tables.CHECKS)
        self.recoveries = SqlRecoveries(self, tables.RECOVERIES)
        self.adverse_events = self._of(tables.ADVERSE_EVENTS)
        self.summaries = self._of(tables.SUMMARIES)
        self.safety_holds = self._of(tables.HOLDS)
        self.incidents = self._of(tables.INCIDENTS)
        self.tasks = self._of(tables.TASKS)
        self.facts: SqlFacts[CourseFacts] = SqlFacts(
            connection, tables.COURSE_FACTS, self.reach, self.seals
        )

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.facts,)

    async def course(self, course_id: UUID) -> CourseFacts:
        """What is known of a course; the client is locked before it is read."""
        owner = await self.connection.scalar(
            sa.select(tables.course_facts.c.client_id).where(tables.course_facts.c.key == course_id)
        )
        if owner is None or not await self.reach.of(owner):
            raise NotFound("course", course_id)
        await self.lock_client(owner)
        return await self.facts.get(course_id, owner)

    def _of(self, table: AggregateTable[S]) -> SqlRepository[S, DomainEvent]:
        return SqlRepository(self, table)
