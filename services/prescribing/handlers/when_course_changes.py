"""Whenever intake tells something about the course, its orders are looked at again."""

from datetime import datetime
from uuid import UUID

from services.prescribing.domain.dose_order_states import UNDOSED, StopCause
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.order_stops import Stop
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.vocabulary import EndReason
from services.prescribing.handlers.advance_course import advance_course, stop_order
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.revoke_prescription import revoke_active
from services.prescribing.handlers.tighten import tighten_recoveries
from shared.protocol import HoldCategory


async def when_assessment_requested(
    uow: UnitOfWork,
    *,
    request_id: UUID,
    client_id: UUID,
    course_id: UUID,
    requested_at: datetime,
    review_flags: int,
) -> None:
    """Open it; an older request that nobody answered counts for nothing any more (INV-2)."""
    course = await uow.facts.get(course_id, client_id)
    if await uow.assessments.find(request_id) is not None:
        return
    for older in await uow.assessments.list_by(course_id=course_id):
        await uow.assessments.save(older.supersede())
    opened = MedicalAssessment.open_for(
        request_id,
        client_id=client_id,
        course_id=course_id,
        requested_at=requested_at,
        review_flags=review_flags,
    )
    await uow.assessments.save(opened)
    if course.closed is not None:
        await uow.assessments.save(opened.state.close())


async def when_course_ended(uow: UnitOfWork, *, course_id: UUID, client_id: UUID) -> None:
    """Declined or closed: nothing more is prepared; recovery goes on (INV-20)."""
    for assessment in await uow.assessments.list_by(course_id=course_id):
        await uow.assessments.save(assessment.close())
    for rx in await uow.prescriptions.list_by(course_id=course_id):
        if rx.status is PrescriptionStatus.ACTIVE:
            await keep_prescription(uow, rx.end(EndReason.COURSE_CLOSED, uow.now))
        elif rx.status is PrescriptionStatus.DRAFT:
            await uow.prescriptions.save(rx.supersede())
    await advance_course(uow, course_id, client_id)


async def when_approval_revoked(uow: UnitOfWork, *, course_id: UUID, client_id: UUID) -> None:
    """The prescription's ground fell away; the hold behind it is intake's (ruling 19)."""
    course = await uow.facts.get(course_id, client_id)
    if course.approval_at(uow.now) is None:
        await revoke_active(uow, course_id, HoldCategory.CONTRAINDICATION)
        await tighten_recoveries(
            uow, course_id, HoldCategory.CONTRAINDICATION, cause=f"approval:{course_id}"
        )
    await advance_course(uow, course_id, client_id)


async def when_consent_withdrawn(uow: UnitOfWork, *, course_id: UUID, client_id: UUID) -> None:
    """No further dose; undosed orders end. Observation goes on as safety care (section 7.2)."""
    course = await uow.facts.get(course_id, client_id)
    needed = (await uow.protocol_of(course_id)).consent.required_scopes
    if any(course.consent_at(scope, uow.now) is None for scope in needed):
        for order in await uow.dose_orders.list_by(course_id=course_id):
            if order.status in UNDOSED:
                await stop_order(
                    uow,
                    order,
                    Stop(cause=StopCause.CONSENT_WITHDRAWN, category=HoldCategory.CONSENT),
                )
    await advance_course(uow, course_id, client_id)


async def when_others_hold_placed(
    uow: UnitOfWork, *, course_id: UUID, client_id: UUID, category: HoldCategory, cause: str
) -> None:
    """A stop ends what is prepared; with a dose on board recovery is tightened."""
    await tighten_recoveries(uow, course_id, category, cause=cause)
    await advance_course(uow, course_id, client_id)
