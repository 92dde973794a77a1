"""Whenever a dose is told: what was agreed to under it does not count, whenever it arrived."""

from uuid import UUID

from services.intake.domain.consent_annulling import annul_what_medicine_signed
from services.intake.domain.wishes import narrow_what_medicine_widened
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.ports import UnitOfWork


async def when_dose_administered(uow: UnitOfWork, *, course_id: UUID) -> None:
    """INV-33: times are compared, not arrivals; and what counts is the client, not the course."""
    dosed = await uow.courses.find(course_id)
    if dosed is None:
        return
    facts = await uow.facts.get(dosed.id, dosed.client_id)
    for course in await uow.courses.list_by(client_id=dosed.client_id):
        change = narrow_what_medicine_widened(course, facts, now=uow.now)
        agreed = await uow.courses.save(change)
        consent = await consent_of(uow, course.id)
        await uow.consents.save(annul_what_medicine_signed(consent, facts, now=uow.now))
        await advance_course(uow, agreed)
