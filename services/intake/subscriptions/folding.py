"""Folding the others' events into the facts of a course: idempotent, in any order."""

from collections.abc import Callable
from typing import Any

from careteam_contracts import notifications, prescribing, scheduling, shared_safety
from careteam_contracts.base import Event
from services.intake.domain.facts import (
    CourseFacts,
    Dose,
    ForeignHold,
    Restriction,
    SessionEnd,
)
from services.intake.handlers.ports import UnitOfWork
from shared.folds import Sourced
from shared.messaging import Delivery
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity

_Step = Callable[[CourseFacts, Any, Delivery], CourseFacts]


def folds(step: _Step) -> Any:
    """A fold that applies ``step`` to the facts of the event's course."""

    async def fold(event: Event, delivery: Delivery, uow: UnitOfWork) -> None:
        if delivery.course_id is not None:
            await uow.facts.fold(
                delivery.course_id,
                delivery.client_id,
                lambda facts: step(facts, event, delivery),
            )

    return fold


def told(value: Any, delivery: Delivery) -> Sourced[Any]:
    return Sourced(value, str(delivery.event_id), delivery.occurred_at)


def dosed(facts: CourseFacts, event: prescribing.DoseAdministered, by: Delivery) -> CourseFacts:
    dose = Dose(session_id=event.session_id, administered_at=event.administered_at)
    return facts.dose_given(
        order_id=event.dose_order_id, dose_seq=event.dose_seq, dose=told(dose, by)
    )


def ended(facts: CourseFacts, event: scheduling.SessionCompleted, by: Delivery) -> CourseFacts:
    end = SessionEnd(kind=event.kind.value, outcome=event.outcome.value, ended_at=event.ended_at)
    return facts.session_ended(session_id=event.session_id, end=told(end, by))


def restricted(
    facts: CourseFacts,
    event: notifications.AftercareStarted | notifications.RestrictionsExtended,
    by: Delivery,
) -> CourseFacts:
    window = Restriction(
        session_id=event.session_id, until=event.restrictions_until, end_known=event.end_known
    )
    return facts.restricted(aftercare_id=event.aftercare_id, told=told(window, by))


def held(facts: CourseFacts, event: shared_safety.SafetyHoldPlaced, by: Delivery) -> CourseFacts:
    hold = ForeignHold(
        hold_id=event.hold_id,
        owner=by.producer,
        category=HoldCategory(event.hold_category),
        blocks=tuple(HoldBlock(block) for block in event.blocks),
        severity=HoldSeverity(event.severity),
    )
    return facts.hold_placed(told(hold, by))


def adverse(
    facts: CourseFacts, event: prescribing.AdverseEventRecorded, by: Delivery
) -> CourseFacts:
    """Prescribing places the hold; here a serious one is only known."""
    if not event.serious:
        return facts
    return facts.serious_adverse_event(ae_id=event.ae_id, told=told(event.session_id, by))


def called_off(facts: CourseFacts, event: Any, by: Delivery) -> CourseFacts:
    return facts.session_off(session_id=event.session_id, event_id=str(by.event_id))
