"""People close what they owe, and read what they were told."""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.notice import Notice, read_notice
from services.notifications.domain.task import Task, complete_task
from services.notifications.handlers.ports import UnitOfWork
from shared.protocol import Role
from shared.storage import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask:
    task_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice:
    notice_id: UUID


async def complete_owed_task(command: CompleteTask, uow: UnitOfWork) -> Task:
    """A named person did it."""
    task = await uow.tasks.get(command.task_id)
    return await uow.tasks.save(
        complete_task(task, by=uow.actor.ref, role=Role(uow.actor.role), at=uow.now)
    )


async def read_inbox_notice(command: ReadNotice, uow: UnitOfWork) -> Notice:
    """A named person has seen what was addressed to them; of other entries they know nothing."""
    notice = await uow.notices.get(command.notice_id)
    if not notice.is_for(uow.actor.role, uow.actor.ref):
        raise NotFound("notice", command.notice_id)
    return await uow.notices.save(read_notice(notice, by=uow.actor.ref, at=uow.now))
