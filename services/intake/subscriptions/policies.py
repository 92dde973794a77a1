"""Whenever one of these events comes, look at the course again, or do what it asks for."""

from typing import Any
from uuid import UUID

from careteam_contracts import notifications, prescribing, scheduling, shared_safety
from careteam_contracts.base import Event
from careteam_contracts.enums import CheckInOutcome
from services.intake.domain.vocabulary import AssessmentOutcome
from services.intake.handlers.ports import UnitOfWork
from services.intake.handlers.when_aftercare_worries import when_aftercare_worries
from services.intake.handlers.when_assessment_completed import when_assessment_completed
from services.intake.handlers.when_dose_administered import when_dose_administered
from services.intake.handlers.when_event_parked import when_event_parked
from services.intake.handlers.when_facts_changed import when_facts_changed, when_session_is_over
from services.intake.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted
from shared.messaging import Delivery


async def then_look_again(_event: Event, by: Delivery, uow: UnitOfWork) -> None:
    if by.course_id is not None:
        await when_facts_changed(uow, course_id=by.course_id)


async def then_try_closing(_event: Event, by: Delivery, uow: UnitOfWork) -> None:
    if by.course_id is not None:
        await when_session_is_over(uow, course_id=by.course_id)


async def then_decide_approval(
    event: prescribing.MedicalAssessmentCompleted, by: Delivery, uow: UnitOfWork
) -> None:
    if by.course_id is not None:
        await when_assessment_completed(
            uow,
            course_id=by.course_id,
            request_id=event.request_id,
            outcome=AssessmentOutcome(event.outcome),
            valid_until=event.valid_until,
            completed_at=by.occurred_at,
            assessed_by=by.envelope.actor_ref,
            event_id=str(by.event_id),
        )


async def then_undo_what_medicine_agreed(
    _event: prescribing.DoseAdministered, by: Delivery, uow: UnitOfWork
) -> None:
    if by.course_id is not None:
        await when_dose_administered(uow, course_id=by.course_id)


async def then_hold(event: Any, by: Delivery, uow: UnitOfWork) -> None:
    """Aftercare worries about the client of this session."""
    session_id: UUID = event.session_id
    if by.course_id is not None:
        await when_aftercare_worries(uow, course_id=by.course_id, session_id=session_id)


async def then_hold_on_concern(
    event: notifications.CheckInCompleted, by: Delivery, uow: UnitOfWork
) -> None:
    if event.outcome is CheckInOutcome.CONCERN:
        await then_hold(event, by, uow)


async def then_hold_and_try_closing(
    event: scheduling.LeftAgainstAdvice, by: Delivery, uow: UnitOfWork
) -> None:
    await then_hold(event, by, uow)
    await then_try_closing(event, by, uow)


async def then_look_at_lifts(
    event: shared_safety.SafetyHoldPlaced | shared_safety.SafetyHoldLifted,
    by: Delivery,
    uow: UnitOfWork,
) -> None:
    if by.course_id is not None:
        await when_foreign_hold_lifted(uow, course_id=by.course_id, hold_id=event.hold_id)
    await then_look_again(event, by, uow)


async def tell_people(delivery: Delivery, reason: str, uow: UnitOfWork) -> None:
    """An event could not take effect: gates of this course refuse until somebody looks (INV-39)."""
    if delivery.course_id is not None:
        await when_event_parked(
            uow,
            client_id=delivery.client_id,
            course_id=delivery.course_id,
            event_id=delivery.event_id,
        )
