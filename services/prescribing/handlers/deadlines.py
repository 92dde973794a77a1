"""Whenever a deadline of ours comes: it counted already, the timer only announces it."""

from services.prescribing.domain.clearance import expire
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.vocabulary import EndReason
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import Due, UnitOfWork


async def when_minimum_observation_is_over(due: Due, uow: UnitOfWork) -> None:
    recovery = await uow.recoveries.find(due.key)
    if recovery is not None:
        await uow.recoveries.save(recovery.minimum_reached(uow.now))


async def when_clearance_runs_out(due: Due, uow: UnitOfWork) -> None:
    """Back to ready: a new check gives a new clearance (ruling 16)."""
    recovery = await uow.recoveries.find(due.key)
    if recovery is not None:
        await uow.recoveries.save(expire(recovery, uow.now))


async def when_prescription_runs_out(due: Due, uow: UnitOfWork) -> None:
    rx = await uow.prescriptions.find(due.key)
    if rx is None or rx.status is not PrescriptionStatus.ACTIVE or rx.active_at(uow.now):
        return
    await keep_prescription(uow, rx.end(EndReason.EXPIRED, due.due_at))
    await advance_course(uow, rx.course_id, rx.client_id)
