"""What people in the clinic still have to do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.scheduling.domain.desk_task import OWNER, TaskStatus
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.finish_task import FinishTask, finish_task
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import Cursor, Limit, NoBody, bad_cursor
from services.scheduling.web.views import Page, TaskView, task_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["tasks"])


@router.get("/tasks", responses=problems())
async def tasks(
    call: Annotated[Call, Depends(calling("read_tasks"))],
    *,
    status: TaskStatus | None = None,
    course_id: UUID | None = None,
    limit: Limit = 50,
    after: Cursor = None,
    owner_role: Role | None = None,
) -> Page[TaskView]:
    """Tasks, the oldest first; those that a role is looked to for, when it is named."""
    kinds = [kind.value for kind, role in OWNER.items() if role is owner_role]

    async def read(uow: Uow) -> Page[TaskView]:
        found, following = await queries.list_tasks(
            uow,
            status=status.value if status else None,
            course_id=course_id,
            after=after,
            limit=limit,
            kinds=kinds if owner_role else None,
        )
        return Page(items=[task_view(task) for task in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None


@router.post("/tasks/{task_id}/completion", responses=problems(404, 409, 412))
async def completion(
    task_id: UUID,
    call: Annotated[Call, Depends(calling("finish_task"))],
    _body: NoBody | None = None,
) -> TaskView:
    """Done. A countersignature needs another person than the one who recorded."""
    return await call.run(finish_task, FinishTask(task_id=task_id), task_view)
