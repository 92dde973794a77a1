"""A look at every dosing session when it should be over, whatever was heard of it meanwhile."""

from datetime import timedelta
from typing import Final

from services.notifications.domain.session_facts import SessionFacts
from services.notifications.domain.session_reading import over_by
from services.notifications.handlers.ports import CourseRef, UnitOfWork
from shared.protocol import ClinicProtocol

SWEEP_TIMER: Final = "session_sweep"


def stay(protocol: ClinicProtocol) -> timedelta:
    """The longest that a client stays after the last thing that began: block and buffer (C-02)."""
    dosing = protocol.dosing
    return timedelta(minutes=dosing.block_minutes.default + dosing.overrun_buffer_minutes)


async def watch(uow: UnitOfWork, course: CourseRef, session: SessionFacts) -> None:
    """Look at the session when it should be over."""
    over_at = over_by(session, stay(await uow.protocol_of(course.course_id)))
    if over_at is not None:
        await uow.timers.set(
            SWEEP_TIMER,
            session.id,
            over_at,
            client_id=course.client_id,
            course_id=str(course.course_id),
        )
