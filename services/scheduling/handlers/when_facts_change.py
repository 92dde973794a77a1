"""Whenever a fact about a client changes, what follows from all facts is made so (ruling 20)."""

from datetime import datetime
from uuid import UUID

from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.session_states import SessionKind
from services.scheduling.handlers.keeping import follow_client
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import open_task


async def when_facts_change(uow: UnitOfWork, *, client_id: UUID) -> None:
    await follow_client(uow, client_id)


async def when_course_closed(
    uow: UnitOfWork, *, client_id: UUID, course_id: UUID, follow_up_due_at: datetime | None
) -> None:
    """What has not begun is cancelled; what the course owes afterwards is asked for (F97)."""
    await follow_client(uow, client_id)
    sessions = await uow.sessions.list_by(course_id=course_id)
    arranged = any(s.kind is SessionKind.FOLLOW_UP and not s.over for s in sessions)
    if follow_up_due_at is not None and not arranged:
        await open_task(
            uow,
            TaskKind.ARRANGE_FOLLOW_UP,
            cause=course_id,
            client_id=client_id,
            course_id=course_id,
            details=(follow_up_due_at.isoformat(),),
        )


async def when_delivery_failed(
    uow: UnitOfWork,
    *,
    client_id: UUID,
    course_id: UUID,
    message_id: UUID,
    purpose: str,
    staff_asked: bool,
) -> None:
    """No channel worked: somebody calls, and nobody is asked twice for one cause (ruling 23)."""
    if staff_asked:
        return
    await open_task(
        uow,
        TaskKind.CALL_CLIENT,
        cause=message_id,
        client_id=client_id,
        course_id=course_id,
        details=(purpose,),
    )


async def when_event_parked(
    uow: UnitOfWork, *, client_id: UUID, course_id: UUID, event_id: UUID
) -> None:
    """Somebody looks, and redrives or discards it."""
    await open_task(
        uow,
        TaskKind.LOOK_INTO_PARKED_EVENT,
        cause=event_id,
        client_id=client_id,
        course_id=course_id,
    )


async def when_check_in_completed(
    uow: UnitOfWork,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID,
    checkin_id: UUID,
    outcome: str,
) -> None:
    """A concern after a session brings the integration forward."""
    await follow_client(uow, client_id)
    if outcome == "concern":
        await open_task(
            uow,
            TaskKind.BRING_INTEGRATION_FORWARD,
            cause=checkin_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
        )


async def when_aftercare_escalated(
    uow: UnitOfWork,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID,
    aftercare_id: UUID,
    level: int,
) -> None:
    """The team hears of it here too; the hold is intake's."""
    await open_task(
        uow,
        TaskKind.FOLLOW_UP_CONCERN,
        cause=aftercare_id,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        details=(f"level_{level}",),
    )
