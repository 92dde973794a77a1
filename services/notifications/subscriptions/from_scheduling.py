"""Sessions, escorts, the door."""

from typing import Final

from careteam_contracts import scheduling
from careteam_contracts.enums import DischargeMode
from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.session_facts import (
    Booking,
    End,
    Exit,
    ExitWay,
    Mark,
    SessionKind,
    SessionOutcome,
)
from services.notifications.handlers.arrange_integration import when_integration_declined
from services.notifications.handlers.hearing import (
    Step,
    alert,
    heard,
    of_session,
    sign_of_dose,
    sourced,
    then,
)
from services.notifications.handlers.sweep_session import when_session_starts
from services.notifications.handlers.when_escort_changes import (
    stop_chasing_escort,
    when_escort_cancelled,
    when_escort_confirmed,
)
from services.notifications.handlers.when_safety_changes import (
    when_client_cleared,
    when_client_leaves,
    when_session_changes,
    when_session_ends,
)
from services.notifications.handlers.when_session_is_booked import (
    when_session_booked,
    when_session_cancelled,
    when_session_missed,
)
from services.notifications.subscriptions.words import tell_and_follow
from shared.messaging import Subscription

booked: Final = of_session(
    lambda s, e, d: s.booked(
        d.aggregate_version,
        sourced(Booking(starts_at=e.starts_at, planned_end_at=e.planned_end_at), d),
    )
)
of_its_kind: Final = of_session(lambda s, e, _d: s.of_kind(SessionKind(e.kind)))
session_booked: Final = then(
    lambda uow, course, e, d: when_session_booked(uow, course, e.session_id, at=d.occurred_at)
)


def mark(which: Mark) -> Step:
    return of_session(lambda s, _e, d: s.marked(which, sourced(d.occurred_at, d)))


FROM_SCHEDULING: Final = (
    Subscription(
        scheduling.SessionScheduled, fold=heard(of_its_kind, booked), policy=session_booked
    ),
    Subscription(scheduling.SessionRescheduled, fold=heard(booked), policy=session_booked),
    Subscription(
        scheduling.SessionCancelled,
        fold=heard(mark(Mark.CANCELLED)),
        policy=then(
            lambda uow, course, e, d: when_session_cancelled(
                uow, course, e.session_id, at=d.occurred_at
            )
        ),
    ),
    Subscription(
        scheduling.SessionMissed,
        fold=heard(mark(Mark.MISSED)),
        policy=then(
            lambda uow, course, e, d: when_session_missed(
                uow, course, e.session_id, at=d.occurred_at
            )
        ),
    ),
    Subscription(
        scheduling.EscortConfirmed,
        fold=heard(
            of_session(lambda s, e, d: s.escort_confirmed(e.escort_id, sourced(d.occurred_at, d)))
        ),
        policy=then(
            lambda uow, course, e, d: when_escort_confirmed(
                uow, course, e.session_id, at=d.occurred_at
            )
        ),
    ),
    Subscription(
        scheduling.EscortCancelled,
        fold=heard(
            of_session(lambda s, e, d: s.escort_cancelled(e.escort_id, str(d.event_id))),
            alert(AlertKind.ESCORT_CANCELLED, lambda e: e.escort_id),
        ),
        policy=then(
            lambda uow, course, e, d: when_escort_cancelled(
                uow, course, e.session_id, escort_id=e.escort_id, at=d.occurred_at
            )
        ),
    ),
    Subscription(
        scheduling.EscortArrived,
        fold=heard(
            of_session(lambda s, e, d: s.escort_arrived(e.escort_id, sourced(e.arrived_at, d)))
        ),
        policy=then(lambda uow, course, e, _d: stop_chasing_escort(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.DosingSessionStarted,
        fold=heard(of_session(lambda s, e, d: s.marked(Mark.STARTED, sourced(e.started_at, d)))),
        policy=then(lambda uow, course, e, _d: when_session_starts(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.SessionStopRequested,
        fold=heard(alert(AlertKind.STOP_REQUESTED, lambda e: e.session_id)),
        policy=tell_and_follow,
    ),
    Subscription(
        scheduling.SessionCompleted,
        fold=heard(
            of_its_kind,
            of_session(
                lambda s, e, d: s.ended(
                    sourced(End(outcome=SessionOutcome(e.outcome), ended_at=e.ended_at), d)
                )
            ),
        ),
        policy=then(lambda uow, course, e, _d: when_session_ends(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.SessionSummaryShared,
        fold=heard(alert(AlertKind.SUMMARY_SHARED, lambda e: e.summary_ref)),
        policy=tell_and_follow,
    ),
    Subscription(
        scheduling.ManualClearanceRecorded,
        fold=heard(
            of_session(
                lambda s, e, d: s.cleared(e.manual_clearance_id, sourced(e.stated_dose_count, d))
            ),
            sign_of_dose(
                lambda e: f"clearance:{e.manual_clearance_id}", lambda e, _d: e.last_dose_at
            ),
            alert(AlertKind.MANUAL_CLEARANCE, lambda e: e.manual_clearance_id),
        ),
        policy=then(
            lambda uow, course, e, _d: when_client_cleared(
                uow, course, e.session_id, at=e.cleared_at
            )
        ),
    ),
    Subscription(
        scheduling.ClientDischarged,
        fold=heard(
            of_session(
                lambda s, e, d: s.left(
                    sourced(
                        Exit(
                            way=ExitWay.TRANSFERRED
                            if e.mode is DischargeMode.TRANSFER
                            else ExitWay.DISCHARGED,
                            at=e.discharged_at,
                            clearance_id=None if e.clearance_id is None else str(e.clearance_id),
                        ),
                        d,
                    )
                )
            )
        ),
        policy=then(lambda uow, course, e, _d: when_client_leaves(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.LeftAgainstAdvice,
        fold=heard(
            of_session(
                lambda s, e, d: s.left(sourced(Exit(way=ExitWay.AGAINST_ADVICE, at=e.left_at), d))
            ),
            alert(AlertKind.LEFT_AGAINST_ADVICE, lambda e: e.session_id),
        ),
        policy=then(lambda uow, course, e, _d: when_client_leaves(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.SafetyPlanConfirmed,
        fold=heard(mark(Mark.SAFETY_PLAN_CONFIRMED)),
        policy=then(lambda uow, course, e, _d: when_session_changes(uow, course, e.session_id)),
    ),
    Subscription(
        scheduling.IntegrationDeclined,
        fold=heard(mark(Mark.INTEGRATION_DECLINED)),
        policy=then(
            lambda uow, course, e, _d: when_integration_declined(uow, course, e.session_id)
        ),
    ),
)
