"""Deadlines of intake. Each is also read wherever it counts; here it is only announced."""

from uuid import UUID

from services.intake.domain.consent_signing import expire
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.ports import UnitOfWork
from shared.storage.ports import Due


async def when_consent_expires(due: Due, uow: UnitOfWork) -> None:
    """A signature ran out: tell it, and see what it meant for the course."""
    course = await uow.courses.get(UUID(str(due.payload["course_id"])))
    consent = await consent_of(uow, course.id)
    await uow.consents.save(expire(consent, consent_id=due.key, now=uow.now))
    await advance_course(uow, course)


async def when_approval_expires(due: Due, uow: UnitOfWork) -> None:
    """An approval ran out: without another one the course goes back to screening."""
    await advance_course(uow, await uow.courses.get(UUID(str(due.payload["course_id"]))))
