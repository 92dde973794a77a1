"""Tasks: who owes what, why, and since when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime

from services.notifications.domain.task import URGENT, TaskKind, TaskStatus
from services.notifications.handlers.work_through import CompleteTask, complete_owed_task
from services.notifications.persistence.queries import being, due_by, matching, page
from services.notifications.persistence.tables import TASKS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import Listing, TaskView, listing, task_view
from shared.protocol import Role
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", responses=problems())
async def list_tasks(
    call: Annotated[Call, Depends(calling("see_tasks"))],
    *,
    course_id: UUID | None = None,
    session_id: UUID | None = None,
    client_id: UUID | None = None,
    purpose: TaskKind | None = None,
    owner_role: Role | None = None,
    urgent: bool | None = None,
    due_before: AwareDatetime | None = None,
    status: TaskStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[TaskView]:
    """Tasks by what they are about, whose they are, how urgent and due, the oldest first."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[TaskView]:
        found = await page(
            uow,
            TASKS,
            *matching(
                TASKS,
                course_id=course_id,
                session_id=session_id,
                client_id=client_id,
                kind=purpose,
                owner_role=owner_role,
                status=status,
            ),
            *being(TASKS, "kind", URGENT, urgent),
            *due_by(TASKS, due_before),
            after=cursor,
            limit=limit,
        )
        return listing(found, [task_view(one) for one in found.items])

    return await call.read(read)


@router.post("/{task_id}/completion", responses=problems(404, 409, 412))
async def complete(
    task_id: UUID, call: Annotated[Call, Depends(calling("complete_task"))]
) -> TaskView:
    """The signed-in person did it. A task with an outcome of its own is closed by that outcome."""
    return await call.run(complete_owed_task, CompleteTask(task_id=task_id), task_view)
