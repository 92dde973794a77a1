"""Tasks for people in the clinic: one per kind and cause."""

from uuid import UUID

from services.scheduling.domain.desk_task import DeskTask, TaskKind, TaskStatus, complete_task
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind
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


async def settle_tasks(uow: UnitOfWork, before: Session | None, session: Session) -> None:
    """Nobody is asked any more for what is there: an escort, a follow-up, an empty room."""
    settled: set[TaskKind] = set()
    if session.summary_ref is not None and not (before and before.summary_ref):
        settled.add(TaskKind.SIGN_SUMMARY)
    if session.over and not (before and before.over):
        settled |= {TaskKind.FIND_ESCORT, TaskKind.SESSION_OVERRUNS}
    if session.escort_confirmed and not (before and before.escort_confirmed):
        settled.add(TaskKind.FIND_ESCORT)
    for task in await _open_tasks(uow, session, settled):
        if task.session_id == session.id:
            await _done(uow, task)
    if before is None and session.kind is SessionKind.FOLLOW_UP:
        for task in await _open_tasks(uow, session, {TaskKind.ARRANGE_FOLLOW_UP}):
            if task.course_id == session.course_id:
                await _done(uow, task)


async def ask_for_summary(uow: UnitOfWork, before: Session | None, session: Session) -> None:
    """No next dose is authorised before the summary of this one is signed and read (F35)."""
    if not session.over or (before and before.over):
        return
    if session.doses.count and session.summary_ref is None:
        await open_task(
            uow,
            TaskKind.SIGN_SUMMARY,
            cause=session.id,
            client_id=session.client_id,
            course_id=session.course_id,
            session_id=session.id,
        )


async def _open_tasks(uow: UnitOfWork, session: Session, kinds: set[TaskKind]) -> list[DeskTask]:
    if not kinds:
        return []
    return await uow.tasks.list_by(
        client_id=session.client_id,
        kind=sorted(kind.value for kind in kinds),
        status=TaskStatus.OPEN.value,
    )


async def _done(uow: UnitOfWork, task: DeskTask) -> None:
    await uow.tasks.save(Change(complete_task(task, at=uow.now, by=None, role=Role.SYSTEM)))
