"""What cannot wait for the morning is the on-call's when the front desk is closed (7.2)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.desk_hours import closes_at
from services.notifications.domain.task import TaskKind, TaskStatus
from services.notifications.handlers.owe import owe
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from shared.protocol import Role
from shared.storage.ports import Due

DESK_TIMER: Final = "desk_closes"


async def owe_somebody_there(
    uow: UnitOfWork,
    course: CourseRef,
    kind: TaskKind,
    *,
    cause_id: UUID,
    since: datetime,
    session_id: UUID | None,
) -> None:
    """The front desk owes it while it is open; what is still open at closing time passes on."""
    protocol = await uow.protocol_of(course.course_id)
    closing = closes_at(protocol.messaging.desk_hours, uow.now, uow.timezone)
    owner = Role.ON_CALL if closing is None else Role.FRONT_DESK
    await owe(
        uow,
        course,
        kind,
        cause_id=cause_id,
        since=since,
        owner_role=owner,
        session_id=session_id,
    )
    if closing is None:
        return
    for task in await uow.tasks.list_by(
        kind=kind, owner_role=owner, cause_id=cause_id, status=TaskStatus.OPEN
    ):
        await uow.timers.set(DESK_TIMER, task.id, closing, client_id=course.client_id)


async def when_desk_closes(due: Due, uow: UnitOfWork) -> None:
    """Whenever the desk closes over an urgent task then the on-call owes it too."""
    task = await uow.tasks.find(due.key)
    if task is None or task.status is not TaskStatus.OPEN or task.course_id is None:
        return
    await owe(
        uow,
        CourseRef(task.client_id, task.course_id),
        task.kind,
        cause_id=task.cause_id,
        since=task.since,
        owner_role=Role.ON_CALL,
        session_id=task.session_id,
    )
