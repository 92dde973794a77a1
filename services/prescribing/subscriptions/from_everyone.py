"""Holds of the other services, and what notifications learns after the client has gone."""

from typing import Any, Final

from careteam_contracts import notifications, shared_safety
from careteam_contracts.enums import CheckInOutcome, Service
from services.prescribing.domain.course_facts import OthersHold, Restriction
from services.prescribing.handlers.when_aftercare_worries import (
    when_aftercare_escalated,
    when_check_in_worries,
)
from services.prescribing.handlers.when_course_changes import when_others_hold_placed
from services.prescribing.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.subscriptions.hearing import course_of, folds, look_again, told
from shared.messaging import Delivery, Subscription
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity


def _hold(event: shared_safety.SafetyHoldPlaced, delivery: Delivery) -> OthersHold:
    return OthersHold(
        hold_id=event.hold_id,
        owner=delivery.producer,
        category=HoldCategory(event.hold_category),
        blocks=tuple(HoldBlock(block) for block in event.blocks),
        severity=HoldSeverity(event.severity),
    )


async def _held(
    event: shared_safety.SafetyHoldPlaced, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_others_hold_placed(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        category=HoldCategory(event.hold_category),
        cause=str(event.hold_id),
    )
    await _look_at_lifts(event, delivery, uow)


async def _lifted(
    event: shared_safety.SafetyHoldLifted, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await _look_at_lifts(event, delivery, uow)
    await look_again(event, delivery, uow)


async def _look_at_lifts(
    event: shared_safety.SafetyHoldPlaced | shared_safety.SafetyHoldLifted,
    delivery: Delivery,
    uow: SqlPrescribingUnitOfWork,
) -> None:
    await when_foreign_hold_lifted(
        uow, client_id=delivery.client_id, course_id=course_of(delivery), hold_id=event.hold_id
    )


async def _check_in(
    event: notifications.CheckInCompleted, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    if event.outcome is not CheckInOutcome.OK:
        await when_check_in_worries(
            uow,
            course_id=course_of(delivery),
            client_id=delivery.client_id,
            session_id=event.session_id,
            checkin_id=event.checkin_id,
        )


async def _escalated(
    event: notifications.AftercareEscalated, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_aftercare_escalated(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
        aftercare_id=event.aftercare_id,
        level=event.level,
    )


_RESTRICTED: Final = folds(
    lambda f, e, d: f.restrict(
        e.aftercare_id,
        d.aggregate_version,
        told(
            Restriction(session_id=e.session_id, until=e.restrictions_until, end_known=e.end_known),
            d,
        ),
    )
)
_OTHERS: Final = (Service.INTAKE, Service.SCHEDULING, Service.NOTIFICATIONS)

FROM_EVERYONE: Final[tuple[Subscription[Any, SqlPrescribingUnitOfWork], ...]] = (
    *(
        Subscription(
            placed, fold=folds(lambda f, e, d: f.place(told(_hold(e, d), d))), policy=_held
        )
        for placed in shared_safety.SAFETY_HOLD_PLACED
        if placed.producer in _OTHERS
    ),
    *(
        Subscription(
            lifted,
            fold=folds(
                lambda f, e, d: f.lift(d.producer, e.hold_id, str(d.event_id), d.occurred_at)
            ),
            policy=_lifted,
        )
        for lifted in shared_safety.SAFETY_HOLD_LIFTED
        if lifted.producer in _OTHERS
    ),
    Subscription(notifications.AftercareStarted, fold=_RESTRICTED),
    Subscription(notifications.RestrictionsExtended, fold=_RESTRICTED),
    Subscription(notifications.CheckInCompleted, fold=None, policy=_check_in),
    Subscription(notifications.AftercareEscalated, fold=None, policy=_escalated),
)
