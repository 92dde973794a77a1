"""A record was opened in an emergency, here or elsewhere: people are told, and look into it."""

from datetime import datetime
from uuid import UUID

from services.notifications.domain.alerts import Alert, AlertKind
from services.notifications.domain.task import TaskKind
from services.notifications.handlers.owe import owe, settle
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from services.notifications.handlers.tell_team import tell
from services.notifications.handlers.when_safety_changes import follow_up


async def when_record_is_opened(
    uow: UnitOfWork, course: CourseRef, *, access_id: UUID, of_service: str, at: datetime
) -> None:
    """The team and the operators are told, and an operator owes a review (reliability 2.1)."""
    await follow_up(uow, course)
    kind = TaskKind.REVIEW_EMERGENCY_ACCESS
    await owe(uow, course, kind, cause_id=access_id, since=at, of_service=of_service)


async def when_record_is_opened_here(
    uow: UnitOfWork, course: CourseRef, *, access_id: UUID, at: datetime
) -> None:
    """The same, by the transaction that opens it: nothing that this service says comes back."""
    facts = await uow.course_facts.get(course.course_id, course.client_id)
    alert = Alert(kind=AlertKind.EMERGENCY_ACCESS, cause_id=access_id)
    await tell(uow, course, alert, occurred_at=at, team=facts.care_team)
    kind = TaskKind.REVIEW_EMERGENCY_ACCESS
    await owe(uow, course, kind, cause_id=access_id, since=at, of_service="notifications")


async def when_opening_is_reviewed(uow: UnitOfWork, *, access_id: UUID, by: UUID | None) -> None:
    """Somebody else has looked at why, in the service whose record it was."""
    await settle(uow, TaskKind.REVIEW_EMERGENCY_ACCESS, cause_id=access_id, by=by)
