"""Whenever aftercare brings a concern, silence or a client who walked out, hold the course."""

from uuid import UUID

from services.intake.domain.hold import HoldCause
from services.intake.handlers.placing_holds import place_once
from services.intake.handlers.ports import UnitOfWork
from shared.protocol import HoldCategory


async def when_aftercare_worries(uow: UnitOfWork, *, course_id: UUID, session_id: UUID) -> None:
    """One open hold for a session's aftercare, whatever of it worries and how often (ruling 19).

    A client who has come back since is held in the course that goes on.
    """
    course = await uow.courses.find(course_id)
    if course is None:
        return
    if course.terminal:
        client = await uow.clients.get(course.client_id)
        course = await uow.courses.get(client.course_id)
    await place_once(
        uow,
        course,
        category=HoldCategory.AFTERCARE,
        cause=HoldCause.AFTERCARE,
        cause_ref=str(session_id),
        session_id=session_id,
    )
