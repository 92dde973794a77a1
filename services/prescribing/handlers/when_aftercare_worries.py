"""Whenever a check-in or the aftercare gives concern, the prescriber has to look."""

from uuid import UUID

from services.prescribing.domain.review_task import TaskKind
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task


async def when_check_in_worries(
    uow: UnitOfWork, *, course_id: UUID, client_id: UUID, session_id: UUID, checkin_id: UUID
) -> None:
    """Concern, or silence."""
    await raise_task(
        uow,
        TaskKind.CHECK_IN_CONCERN,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        cause=str(checkin_id),
    )


async def when_aftercare_escalated(
    uow: UnitOfWork,
    *,
    course_id: UUID,
    client_id: UUID,
    session_id: UUID,
    aftercare_id: UUID,
    level: int,
) -> None:
    """Each level is a cause of its own; the hold is intake's (ruling 19)."""
    await raise_task(
        uow,
        TaskKind.AFTERCARE_ESCALATED,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        cause=f"{aftercare_id}:{level}",
    )
