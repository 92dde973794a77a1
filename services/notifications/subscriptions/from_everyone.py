"""Holds, incidents and records opened in an emergency: published by each service by its name."""

from typing import Any, Final

from careteam_contracts.emergency import EMERGENCY_ACCESS_OPENED, EMERGENCY_ACCESS_REVIEWED
from careteam_contracts.enums import IncidentCode, Service
from careteam_contracts.shared_safety import (
    INCIDENT_RECORDED,
    SAFETY_HOLD_LIFTED,
    SAFETY_HOLD_PLACED,
)
from services.notifications.domain.alerts import AlertKind
from services.notifications.handlers.hearing import (
    alert,
    heard,
    of_session,
    only_if,
    sourced,
    then,
    worry,
)
from services.notifications.handlers.when_records_are_opened import (
    when_opening_is_reviewed,
    when_record_is_opened,
)
from services.notifications.handlers.when_safety_changes import when_incident_recorded
from services.notifications.subscriptions.words import tell_and_follow
from shared.messaging import Subscription
from shared.protocol import HoldCategory

GONE_ON_WRONG_FACTS: Final = frozenset(
    {
        IncidentCode.DOSE_AFTER_DISCHARGE,
        IncidentCode.RESCINDED_AFTER_DISCHARGE,
        IncidentCode.MANUAL_CLEARANCE_DIFFERS,
    }
)
"""After these a client who has left must be reached at once (INV-21, rulings 6 and 15)."""

DOSE_IN_DOUBT: Final = GONE_ON_WRONG_FACTS | {
    IncidentCode.DOSE_RULE_BROKEN,
    IncidentCode.DOSE_AFTER_ABORTED_END,
}
"""After these the session's aftercare is enhanced."""


def _incident(codes: frozenset[IncidentCode], event: Any) -> bool:
    return bool(event.session_id is not None and event.incident_code in codes)


FROM_EVERYONE: Final[tuple[Subscription[Any, Any], ...]] = (
    *(
        Subscription(
            model,
            fold=heard(
                lambda f, e, d: f.hold_placed(
                    d.producer, e.hold_id, sourced(HoldCategory(e.hold_category), d)
                ),
                alert(AlertKind.HOLD_PLACED, lambda e: e.hold_id),
            ),
            policy=tell_and_follow,
        )
        for model in SAFETY_HOLD_PLACED
        if model.producer is not Service.NOTIFICATIONS
    ),
    *(
        Subscription(
            model,
            fold=heard(
                lambda f, e, d: f.hold_lifted(d.producer, e.hold_id, str(d.event_id)),
                alert(AlertKind.HOLD_LIFTED, lambda e: e.hold_id),
            ),
            policy=tell_and_follow,
        )
        for model in SAFETY_HOLD_LIFTED
        if model.producer is not Service.NOTIFICATIONS
    ),
    *(
        Subscription(
            model,
            fold=heard(
                alert(AlertKind.INCIDENT, lambda e: e.incident_id),
                only_if(
                    lambda e: _incident(DOSE_IN_DOUBT, e),
                    worry(lambda e: f"incident:{e.incident_id}"),
                ),
                only_if(
                    lambda e: _incident(GONE_ON_WRONG_FACTS, e),
                    of_session(
                        lambda s, e, d: s.endangered(
                            f"incident:{e.incident_id}", sourced(d.occurred_at, d)
                        )
                    ),
                ),
            ),
            policy=then(
                lambda uow, course, e, d: when_incident_recorded(
                    uow,
                    course,
                    incident_id=e.incident_id,
                    session_id=e.session_id,
                    at=d.occurred_at,
                )
            ),
        )
        for model in INCIDENT_RECORDED
        if model.producer is not Service.NOTIFICATIONS
    ),
    *(
        Subscription(
            model,
            fold=heard(alert(AlertKind.EMERGENCY_ACCESS, lambda e: e.access_id)),
            policy=then(
                lambda uow, course, e, d: when_record_is_opened(
                    uow,
                    course,
                    access_id=e.access_id,
                    of_service=d.producer,
                    at=d.occurred_at,
                )
            ),
        )
        for model in EMERGENCY_ACCESS_OPENED
        if model.producer is not Service.NOTIFICATIONS
    ),
    *(
        Subscription(
            model,
            policy=then(
                lambda uow, _course, e, d: when_opening_is_reviewed(
                    uow, access_id=e.access_id, by=d.envelope.actor_ref
                )
            ),
        )
        for model in EMERGENCY_ACCESS_REVIEWED
        if model.producer is not Service.NOTIFICATIONS
    ),
)
