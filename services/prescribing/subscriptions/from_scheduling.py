"""Scheduling: sessions, escorts, the session's course, and the door."""

from typing import Any, Final

from careteam_contracts import scheduling
from careteam_contracts.enums import DischargeMode
from services.prescribing.handlers.when_client_leaves import (
    when_client_discharged,
    when_client_left_against_advice,
    when_manual_clearance_recorded,
)
from services.prescribing.handlers.when_session_changes import (
    when_client_checked_in,
    when_session_completed,
    when_summary_shared,
)
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.subscriptions import session_folds as tell
from services.prescribing.subscriptions.hearing import course_of, folds, look_again, told
from services.prescribing.subscriptions.session_folds import in_session
from shared.messaging import Delivery, Subscription


async def _await_check(
    event: scheduling.ClientCheckedIn, _delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_client_checked_in(uow, session_id=event.session_id)


async def _complete(
    event: scheduling.SessionCompleted, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_session_completed(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
    )


async def _share(
    event: scheduling.SessionSummaryShared, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_summary_shared(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
    )


async def _reconcile(
    event: scheduling.ManualClearanceRecorded, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_manual_clearance_recorded(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
        manual_clearance_id=event.manual_clearance_id,
        stated_dose_count=event.stated_dose_count,
        at=event.cleared_at,
    )


async def _discharge(
    event: scheduling.ClientDischarged, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_client_discharged(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
        clearance_id=event.clearance_id,
        transferred=event.mode is DischargeMode.TRANSFER,
        at=event.discharged_at,
    )


async def _leave(
    event: scheduling.LeftAgainstAdvice, delivery: Delivery, uow: SqlPrescribingUnitOfWork
) -> None:
    await when_client_left_against_advice(
        uow,
        course_id=course_of(delivery),
        client_id=delivery.client_id,
        session_id=event.session_id,
        at=event.left_at,
    )


FROM_SCHEDULING: Final[tuple[Subscription[Any, SqlPrescribingUnitOfWork], ...]] = (
    Subscription(scheduling.SessionScheduled, fold=in_session(tell.scheduled), policy=look_again),
    Subscription(scheduling.SessionRescheduled, fold=in_session(tell.moved), policy=look_again),
    Subscription(scheduling.SessionCancelled, fold=in_session(tell.cancelled), policy=look_again),
    Subscription(scheduling.SessionMissed, fold=in_session(tell.missed), policy=look_again),
    Subscription(
        scheduling.PreparationCompleted,
        fold=folds(lambda f, e, d: f.prepare(told(e.prep_count, d))),
        policy=look_again,
    ),
    Subscription(scheduling.EscortConfirmed, fold=in_session(tell.escort_confirmed)),
    Subscription(
        scheduling.EscortCancelled, fold=in_session(tell.escort_cancelled), policy=look_again
    ),
    Subscription(scheduling.ClientCheckedIn, fold=in_session(tell.checked_in), policy=_await_check),
    Subscription(scheduling.DosingSessionStarted, fold=in_session(tell.started)),
    Subscription(scheduling.SessionStopRequested, fold=in_session(tell.stop), policy=look_again),
    Subscription(scheduling.SessionCompleted, fold=in_session(tell.ended), policy=_complete),
    Subscription(scheduling.SessionSummaryShared, fold=in_session(tell.summary), policy=_share),
    Subscription(
        scheduling.ManualClearanceRecorded,
        fold=in_session(tell.manual_clearance),
        policy=_reconcile,
    ),
    Subscription(scheduling.ClientDischarged, fold=in_session(tell.discharged), policy=_discharge),
    Subscription(scheduling.LeftAgainstAdvice, fold=in_session(tell.left), policy=_leave),
    Subscription(
        scheduling.IntegrationDeclined,
        fold=in_session(tell.integration_declined),
        policy=look_again,
    ),
)
