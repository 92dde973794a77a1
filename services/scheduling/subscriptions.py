"""How an event is heard: folded into the facts of its course, then acted on by a policy."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar
from uuid import UUID

from careteam_contracts import intake, notifications, shared_safety
from careteam_contracts.base import Event
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.told import Told
from services.scheduling.handlers.when_facts_change import (
    when_aftercare_escalated,
    when_check_in_completed,
    when_course_closed,
    when_delivery_failed,
    when_event_parked,
    when_facts_change,
)
from services.scheduling.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from shared.messaging import Delivery, Subscription

Ev = TypeVar("Ev", bound=Event)
Step: TypeAlias = Callable[[CourseFacts, Told, Ev], CourseFacts]
Act: TypeAlias = Callable[[Ev, Delivery, Uow, UUID], Awaitable[None]]


async def look_again(event: Event, delivery: Delivery, uow: Uow, course_id: UUID) -> None:
    await when_facts_change(uow, client_id=delivery.client_id)


async def lifted_by_whom(
    event: shared_safety.SafetyHoldPlaced | shared_safety.SafetyHoldLifted,
    delivery: Delivery,
    uow: Uow,
    course_id: UUID,
) -> None:
    await when_foreign_hold_lifted(
        uow, client_id=delivery.client_id, course_id=course_id, hold_id=event.hold_id
    )
    await when_facts_change(uow, client_id=delivery.client_id)


async def follow_up_is_owed(
    event: intake.CourseClosed, delivery: Delivery, uow: Uow, course_id: UUID
) -> None:
    await when_course_closed(
        uow,
        client_id=delivery.client_id,
        course_id=course_id,
        follow_up_due_at=event.followup_due_at,
    )


async def somebody_calls(
    event: notifications.DeliveryFailed, delivery: Delivery, uow: Uow, course_id: UUID
) -> None:
    await when_delivery_failed(
        uow,
        client_id=delivery.client_id,
        course_id=course_id,
        message_id=event.message_id,
        purpose=event.purpose.value,
        staff_asked=bool(event.staff_asked),
    )


async def integration_comes_forward(
    event: notifications.CheckInCompleted, delivery: Delivery, uow: Uow, course_id: UUID
) -> None:
    await when_check_in_completed(
        uow,
        client_id=delivery.client_id,
        course_id=course_id,
        session_id=event.session_id,
        checkin_id=event.checkin_id,
        outcome=event.outcome.value,
    )


async def the_team_hears(
    event: notifications.AftercareEscalated, delivery: Delivery, uow: Uow, course_id: UUID
) -> None:
    await when_aftercare_escalated(
        uow,
        client_id=delivery.client_id,
        course_id=course_id,
        session_id=event.session_id,
        aftercare_id=event.aftercare_id,
        level=event.level,
    )


def hears(
    model: type[Ev], step: Step[Ev] | None, act: Act[Ev] | None = look_again
) -> Subscription[Ev, Uow]:
    """Fold an event by ``step``, then ``act`` on it. An event without a course is not ours."""

    if step is None:
        return Subscription(model, policy=_policy(act))

    async def fold(event: Ev, delivery: Delivery, uow: Uow) -> None:
        if delivery.course_id is None:
            return
        told = Told(
            event_id=str(delivery.event_id),
            occurred_at=delivery.occurred_at,
            version=delivery.aggregate_version,
        )
        await uow.facts.fold(
            delivery.course_id, delivery.client_id, lambda facts: step(facts, told, event)
        )

    return Subscription(model, fold=fold, policy=_policy(act))


def _policy(act: Act[Ev] | None) -> Callable[[Ev, Delivery, Uow], Awaitable[None]] | None:
    if act is None:
        return None

    async def policy(event: Ev, delivery: Delivery, uow: Uow) -> None:
        if delivery.course_id is not None:
            await act(event, delivery, uow, delivery.course_id)

    return policy


async def tell_people(delivery: Delivery, reason: str, uow: Uow) -> None:
    """An event could not take effect: gates of this client refuse until somebody looks (INV-39)."""
    if delivery.course_id is not None:
        await when_event_parked(
            uow,
            client_id=delivery.client_id,
            course_id=delivery.course_id,
            event_id=delivery.event_id,
        )
