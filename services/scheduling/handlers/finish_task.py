"""Somebody did what a task asked for."""

from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.desk_task import DeskTask, complete_task
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask:
    task_id: UUID


async def finish_task(command: FinishTask, uow: UnitOfWork) -> DeskTask:
    task = await uow.tasks.get(command.task_id)
    done = complete_task(task, at=uow.now, by=uow.actor.ref, role=Role(uow.actor.role))
    return await uow.tasks.save(Change(done))
