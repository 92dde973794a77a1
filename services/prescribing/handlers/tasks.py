"""Tasks and incidents: one per cause, however often it is told."""

from datetime import datetime
from uuid import UUID

from services.prescribing.domain.incident import Incident
from services.prescribing.domain.review_task import ReviewTask, TaskKind
from services.prescribing.domain.vocabulary import IncidentCode
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Change


async def raise_task(
    uow: UnitOfWork,
    kind: TaskKind,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID | None,
    cause: str,
    due_at: datetime | None = None,
) -> None:
    """Somebody has to look into it."""
    if await uow.tasks.list_by(kind=kind, cause=cause):
        return
    await uow.tasks.save(
        Change(
            ReviewTask.raise_for(
                uow.new_id(),
                client_id=client_id,
                course_id=course_id,
                session_id=session_id,
                kind=kind,
                cause=cause,
                at=uow.now,
                due_at=due_at,
            )
        )
    )


async def record_incident(
    uow: UnitOfWork,
    code: IncidentCode,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID | None,
    cause: str,
    at: datetime,
    dose_order_id: UUID | None = None,
    broken_rules: tuple[str, ...] = (),
) -> None:
    """It went against the rules, or two facts contradict each other: told, and kept."""
    if await uow.incidents.list_by(code=code, cause=cause):
        return
    await uow.incidents.save(
        Incident.record(
            uow.new_id(),
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            code=code,
            cause=cause,
            at=at,
            dose_order_id=dose_order_id,
            broken_rules=broken_rules,
        )
    )
