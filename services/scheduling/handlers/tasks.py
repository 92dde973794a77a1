"""Tasks for people in the clinic: one per kind and cause."""

from uuid import UUID

from services.scheduling.domain.desk_task import DeskTask, TaskKind, TaskStatus
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change


async def open_task(
    uow: UnitOfWork,
    kind: TaskKind,
    *,
    cause: UUID,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID | None = None,
    details: tuple[str, ...] = (),
) -> None:
    """Ask people to do something, once for each cause."""
    if await uow.tasks.find_by(client_id=client_id, kind=kind.value, cause=cause) is not None:
        return
    task = DeskTask(
        id=uow.new_id(),
        client_id=client_id,
        course_id=course_id,
        kind=kind,
        cause=cause,
        status=TaskStatus.OPEN,
        opened_at=uow.now,
        opened_by=uow.actor.ref,
        session_id=session_id,
        details=details,
    )
    await uow.tasks.save(Change(task))
