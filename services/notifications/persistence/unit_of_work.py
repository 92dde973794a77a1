"""One transaction of notifications, with its repositories."""

from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.check_in import CheckIn
from services.notifications.domain.client_facts import ClientFacts
from services.notifications.domain.escalation import Escalation
from services.notifications.domain.events import AftercareEvent, CheckInCompleted, DeliveryFailed
from services.notifications.domain.facts import CourseFacts, SessionCourse
from services.notifications.domain.message import Message
from services.notifications.domain.notice import Notice
from services.notifications.domain.staff_preferences import StaffPreferences
from services.notifications.domain.task import Task
from services.notifications.handlers.ports import CourseRef
from services.notifications.handlers.when_records_are_opened import (
    when_opening_is_reviewed,
    when_record_is_opened_here,
)
from services.notifications.persistence import tables
from services.notifications.persistence.deliveries import SqlDeliveries
from services.notifications.persistence.integrators import SqlIntegrators
from services.notifications.persistence.public_feed import SqlPublicFeed
from services.notifications.persistence.recorded_gates import RECORDED_GATES
from services.notifications.persistence.simulated_outbox import SqlSimulatedOutbox
from shared.storage import Context, SqlFacts, SqlRepository, SqlUnitOfWork
from shared.storage.emergency import EmergencyAccess


class SqlNotificationsUnitOfWork(SqlUnitOfWork):
    recorded_gates = RECORDED_GATES

    def __init__(self, connection: AsyncConnection, context: Context, **parts: Any) -> None:
        super().__init__(connection, context, **parts)
        self.aftercare_plans: SqlRepository[AftercarePlan, AftercareEvent] = SqlRepository(
            self, tables.AFTERCARE_PLANS
        )
        self.check_ins: SqlRepository[CheckIn, CheckInCompleted] = SqlRepository(
            self, tables.CHECK_INS
        )
        self.escalations: SqlRepository[Escalation, NoReturn] = SqlRepository(
            self, tables.ESCALATIONS
        )
        self.messages: SqlRepository[Message, DeliveryFailed] = SqlRepository(self, tables.MESSAGES)
        self.tasks: SqlRepository[Task, NoReturn] = SqlRepository(self, tables.TASKS)
        self.notices: SqlRepository[Notice, NoReturn] = SqlRepository(self, tables.NOTICES)
        self.staff_preferences: SqlRepository[StaffPreferences, NoReturn] = SqlRepository(
            self, tables.STAFF_PREFERENCES
        )
        self.integrators = SqlIntegrators(self, tables.INTEGRATORS)
        self.public_feed = SqlPublicFeed(connection)
        self.deliveries = SqlDeliveries(connection)
        self.simulated_outbox = SqlSimulatedOutbox(connection, self.reach, self.seals)
        self.course_facts: SqlFacts[CourseFacts] = SqlFacts(
            connection, tables.COURSE_FACTS, self.reach, self.seals
        )
        self.client_facts: SqlFacts[ClientFacts] = SqlFacts(
            connection, tables.CLIENT_FACTS, self.reach, self.seals
        )
        self.session_courses: SqlFacts[SessionCourse] = SqlFacts(
            connection, tables.SESSION_COURSES, self.reach, self.seals
        )

    async def emergency_opened(self, access: EmergencyAccess, course_id: UUID | None) -> None:
        if course_id is not None:
            await when_record_is_opened_here(
                self,
                CourseRef(access.client_id, course_id),
                access_id=access.id,
                at=access.begins_at,
            )

    async def emergency_reviewed(self, access: EmergencyAccess) -> None:
        await when_opening_is_reviewed(self, access_id=access.id, by=access.reviewed_by)

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.course_facts, self.client_facts, self.session_courses)
