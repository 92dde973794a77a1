"""Whenever a dose is told: what was agreed to under it does not count, whenever it arrived."""

from uuid import UUID

from services.intake.domain.consent_annulling import annul_what_medicine_signed
from services.intake.domain.wishes import narrow_what_medicine_widened
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.ports import UnitOfWork


async def when_dose_administered(uow: UnitOfWork, *, course_id: UUID) -> None:
    """INV-33: times are compared, not arrivals."""
    course = await uow.courses.find(course_id)
    if course is None:
        return
    facts = await uow.facts.get(course.id, course.client_id)
    course = await uow.courses.save(narrow_what_medicine_widened(course, facts, now=uow.now))
    consent = await consent_of(uow, course.id)
    await uow.consents.save(annul_what_medicine_signed(consent, facts, now=uow.now))
    await advance_course(uow, course)
