"""Tasks: owed once for a kind, an owner and a cause; closed by whatever settles the cause."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.notifications.domain.task import (
    OWNERS,
    TaskKind,
    TaskStatus,
    due_of,
    open_task,
    settle_task,
    withdraw_task,
)
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from shared.protocol import Role


async def owe(
    uow: UnitOfWork,
    course: CourseRef,
    kind: TaskKind,
    *,
    cause_id: UUID,
    since: datetime,
    owner_role: Role | None = None,
    session_id: UUID | None = None,
    due_at: datetime | None = None,
    of_service: str | None = None,
) -> None:
    """Somebody owes this, unless they already do, or did."""
    owner = owner_role or OWNERS[kind]
    if await uow.tasks.list_by(kind=kind, owner_role=owner, cause_id=cause_id):
        return
    await uow.tasks.save(
        open_task(
            task_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.course_id,
            kind=kind,
            cause_id=cause_id,
            since=since,
            owner_role=owner,
            session_id=session_id,
            due_at=due_at or await _due(uow, course.course_id, kind, since),
            of_service=of_service,
        )
    )


async def owe_operator(
    uow: UnitOfWork,
    client_id: UUID,
    course_id: UUID | None,
    *,
    cause_id: UUID,
    since: datetime,
) -> None:
    """An event could not take effect: an operator looks at it."""
    kind = TaskKind.RELEASE_PARKED_EVENT
    if await uow.tasks.list_by(kind=kind, cause_id=cause_id):
        return
    await uow.tasks.save(
        open_task(
            task_id=uow.new_id(),
            client_id=client_id,
            course_id=course_id,
            kind=kind,
            cause_id=cause_id,
            since=since,
            due_at=await _due(uow, course_id, kind, since),
        )
    )


async def settle(
    uow: UnitOfWork, kind: TaskKind, *, cause_id: UUID, by: UUID | None = None
) -> None:
    """What the task stands for has its outcome: by a person it is done, by itself withdrawn."""
    for task in await uow.tasks.list_by(kind=kind, cause_id=cause_id, status=TaskStatus.OPEN):
        change = (
            withdraw_task(task, at=uow.now) if by is None else settle_task(task, by=by, at=uow.now)
        )
        await uow.tasks.save(change)


async def withdraw_for_session(
    uow: UnitOfWork, kinds: Iterable[TaskKind], session_id: UUID
) -> None:
    """Nobody owes these for the session any more."""
    for task in await uow.tasks.list_by(
        kind=tuple(kinds), session_id=session_id, status=TaskStatus.OPEN
    ):
        await uow.tasks.save(withdraw_task(task, at=uow.now))


async def withdraw_for_course(uow: UnitOfWork, kinds: Iterable[TaskKind], course_id: UUID) -> None:
    """Nobody owes these for the course any more."""
    for task in await uow.tasks.list_by(
        kind=tuple(kinds), course_id=course_id, status=TaskStatus.OPEN
    ):
        await uow.tasks.save(withdraw_task(task, at=uow.now))


async def _due(
    uow: UnitOfWork, course_id: UUID | None, kind: TaskKind, since: datetime
) -> datetime:
    protocol = await uow.protocol_of(course_id)
    return due_of(kind, since, protocol.messaging, protocol.escort)
