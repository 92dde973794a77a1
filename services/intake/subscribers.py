"""Which events intake listens to: the fact that each one tells, and what follows from it."""

from typing import Any, Final

from careteam_contracts import notifications, prescribing, scheduling, shared_safety
from services.intake.domain.facts import Booking
from services.intake.subscriptions.folding import (
    adverse,
    called_off,
    dosed,
    ended,
    folds,
    held,
    restricted,
    told,
)
from services.intake.subscriptions.policies import (
    then_decide_approval,
    then_hold,
    then_hold_and_try_closing,
    then_hold_on_concern,
    then_look_again,
    then_look_at_lifts,
    then_try_closing,
    then_undo_what_medicine_agreed,
)
from shared.messaging import Subscription

_PRESCRIBING: Final[tuple[Subscription[Any, Any], ...]] = (
    Subscription(prescribing.MedicalAssessmentCompleted, policy=then_decide_approval),
    Subscription(
        prescribing.DosePrescribed,
        fold=folds(
            lambda facts, e, by: facts.prescribed(
                prescription_id=e.prescription_id, until=told(e.valid_until, by)
            )
        ),
    ),
    Subscription(
        prescribing.PrescriptionAmended,
        fold=folds(
            lambda facts, e, by: facts.prescription_amended(
                prescription_id=e.prescription_id,
                version=e.rx_version,
                until=told(e.valid_until, by),
            )
        ),
    ),
    Subscription(
        prescribing.PrescriptionRevoked,
        fold=folds(
            lambda facts, e, by: facts.prescription_revoked(
                prescription_id=e.prescription_id, event_id=str(by.event_id)
            )
        ),
    ),
    Subscription(
        prescribing.DoseAdministered, fold=folds(dosed), policy=then_undo_what_medicine_agreed
    ),
    Subscription(
        prescribing.DoseOrderClosed,
        fold=folds(
            lambda facts, e, by: facts.order_closed(
                order_id=e.dose_order_id,
                version=by.aggregate_version,
                count=told(e.administered_count, by),
            )
        ),
        policy=then_try_closing,
    ),
    Subscription(prescribing.AdverseEventRecorded, fold=folds(adverse)),
)

_SCHEDULING: Final[tuple[Subscription[Any, Any], ...]] = (
    Subscription(
        scheduling.SessionScheduled,
        fold=folds(
            lambda facts, e, by: facts.session_booked(
                session_id=e.session_id,
                booking=told(Booking(kind=e.kind.value, starts_at=e.starts_at), by),
            )
        ),
    ),
    Subscription(
        scheduling.SessionRescheduled,
        fold=folds(
            lambda facts, e, by: facts.session_moved(
                session_id=e.session_id,
                version=e.schedule_version,
                to=told(e.starts_at, by),
            )
        ),
    ),
    Subscription(scheduling.SessionCancelled, fold=folds(called_off), policy=then_try_closing),
    Subscription(scheduling.SessionMissed, fold=folds(called_off), policy=then_try_closing),
    Subscription(
        scheduling.DosingSessionStarted,
        fold=folds(
            lambda facts, e, by: facts.session_started(
                session_id=e.session_id, at=told(e.started_at, by)
            )
        ),
    ),
    Subscription(scheduling.SessionCompleted, fold=folds(ended), policy=then_try_closing),
    Subscription(
        scheduling.PreparationCompleted,
        fold=folds(
            lambda facts, e, by: facts.preparation_met(
                preparation_id=by.aggregate_id, count=told(e.prep_count, by)
            )
        ),
        policy=then_look_again,
    ),
    Subscription(
        scheduling.ClientDischarged,
        fold=folds(
            lambda facts, e, by: facts.discharged(
                session_id=e.session_id, at=told(e.discharged_at, by)
            )
        ),
        policy=then_try_closing,
    ),
    Subscription(
        scheduling.LeftAgainstAdvice,
        fold=folds(
            lambda facts, e, by: facts.walked_out(session_id=e.session_id, at=told(e.left_at, by))
        ),
        policy=then_hold_and_try_closing,
    ),
)

_NOTIFICATIONS: Final[tuple[Subscription[Any, Any], ...]] = (
    Subscription(notifications.AftercareStarted, fold=folds(restricted)),
    Subscription(notifications.RestrictionsExtended, fold=folds(restricted)),
    Subscription(
        notifications.AftercareCompleted,
        fold=folds(
            lambda facts, e, by: facts.aftercare_completed(
                aftercare_id=e.aftercare_id, told=told(e.session_id, by)
            )
        ),
    ),
    Subscription(notifications.CheckInCompleted, policy=then_hold_on_concern),
    Subscription(notifications.AftercareEscalated, policy=then_hold),
)

_HOLDS: Final[tuple[Subscription[Any, Any], ...]] = (
    *(
        Subscription(model, fold=folds(held), policy=then_look_at_lifts)
        for model in shared_safety.SAFETY_HOLD_PLACED
        if model is not shared_safety.IntakeSafetyHoldPlaced
    ),
    *(
        Subscription(
            model,
            fold=folds(
                lambda facts, e, by: facts.hold_lifted(
                    owner=by.producer, hold_id=e.hold_id, event_id=str(by.event_id)
                )
            ),
            policy=then_look_at_lifts,
        )
        for model in shared_safety.SAFETY_HOLD_LIFTED
        if model is not shared_safety.IntakeSafetyHoldLifted
    ),
)

SUBSCRIPTIONS: Final = (*_PRESCRIBING, *_SCHEDULING, *_NOTIFICATIONS, *_HOLDS)
"""Every type for which the catalogue names intake. Urgent ones are folded on receipt."""
