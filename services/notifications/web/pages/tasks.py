"""Tasks: who owes what, since when, until when; and done."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.domain.task import SETTLED_BY, TaskStatus
from services.notifications.persistence.queries import counted, matching
from services.notifications.persistence.tables import TASKS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import tasks
from services.notifications.web.api.bodies import Body
from services.notifications.web.api.paging import Cursor
from services.notifications.web.pages.names import names_of
from services.notifications.web.views import TaskView
from shared.protocol import Role
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/tasks")

PLACES = {
    "complete_check_in": "/check-ins/",
    "resolve_escalation": "/escalations/",
    "review_emergency_access": "/emergency-accesses#",
}
"""Where the outcome is given that ends a task: a path before the id of the task's cause."""


@router.get("")
async def all_tasks(
    page: Annotated[Page, Depends(paged("see_tasks"))],
    status: TaskStatus = TaskStatus.OPEN,
    owner: Role | None = None,
    cursor: Cursor = None,
) -> Response:
    """By state and owner."""
    return await _tasks(page, status, owner, cursor, Form())


@router.post("/{task_id}/completion")
async def complete(
    task_id: UUID,
    page: Annotated[Page, Depends(paged("complete_task"))],
    owner: Role | None = None,
) -> Response:
    """The signed-in person did it; back to the tasks of whoever they were looking at."""
    return await page.submit(
        Body,
        lambda _, call: tasks.complete(task_id, call),
        then="/tasks" if owner is None else f"/tasks?owner={owner}",
        again=lambda form: _tasks(page, TaskStatus.OPEN, owner, None, form),
    )


def settled_at(task: TaskView) -> str | None:
    """The page of the outcome that ends this task; None: it is simply done."""
    action = SETTLED_BY.get(task.purpose)
    return None if action is None else f"{PLACES[action]}{task.cause_id}"


def each_once(tasks: Iterable[TaskView]) -> tuple[list[TaskView], dict[UUID, list[Role]]]:
    """Tasks that one outcome ends for all whom it calls are one line, with everybody's roles."""
    shown: dict[object, TaskView] = {}
    owners: dict[UUID, list[Role]] = defaultdict(list)
    for task in tasks:
        ends_for_all = task.status is TaskStatus.OPEN and task.purpose in SETTLED_BY
        key = (task.purpose, task.cause_id) if ends_for_all else task.id
        owners[shown.setdefault(key, task).id].append(task.owner_role)
    return list(shown.values()), owners


async def _tasks(
    page: Page, status: TaskStatus, owner: Role | None, cursor: UUID | None, form: Form
) -> Response:
    found = await tasks.list_tasks(page.call, owner_role=owner, status=status, cursor=cursor)

    async def count(uow: SqlNotificationsUnitOfWork) -> tuple[dict[str, int], dict[str, int]]:
        by_status = await counted(uow, TASKS, "status")
        by_owner = await counted(uow, TASKS, "owner_role", *matching(TASKS, status=status))
        return dict(by_status), dict(by_owner)

    by_status, by_owner = await page.call.read(count)
    lines, owners = each_once(sorted(found.items, key=lambda one: (not one.urgent, one.due_at)))
    return page.show(
        "tasks.html",
        form=form,
        tasks=lines,
        owners_of=owners,
        following=found.next_cursor,
        kind=status,
        owner=owner,
        states=[(one.value, by_status.get(one, 0)) for one in TaskStatus],
        owners=[(one.value, by_owner[one]) for one in Role if one in by_owner],
        settled_at=settled_at,
        names=await names_of(page.call, found.items),
    )
