"""Whenever a fact of another service changes, look at the course again (ruling 20)."""

from uuid import UUID

from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.ports import UnitOfWork
from services.intake.handlers.settle_closing import look_again_now


async def when_facts_changed(uow: UnitOfWork, *, course_id: UUID) -> None:
    """Whatever it was: the guards read the facts, not the news."""
    course = await uow.courses.find(course_id)
    if course is not None:
        await advance_course(uow, course)


async def when_session_is_over(uow: UnitOfWork, *, course_id: UUID) -> None:
    """A session or an order came to an end: a closing that waited for it is tried again."""
    course = await uow.courses.find(course_id)
    if course is not None:
        await look_again_now(uow, await advance_course(uow, course))
