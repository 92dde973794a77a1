"""Assessment, prescription, dose, recovery, clearance."""

from typing import Final

from careteam_contracts import prescribing
from careteam_contracts.enums import AssessmentOutcome, PrescriptionEnd, RecoveryOutcome
from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.session_facts import Dose
from services.notifications.handlers.hearing import (
    alert,
    heard,
    of_session,
    only_if,
    sign_of_dose,
    sourced,
    then,
    worry,
)
from services.notifications.handlers.when_course_changes import (
    when_assessment_completed,
    when_prescription_active,
    when_prescription_ended,
)
from services.notifications.handlers.when_safety_changes import (
    when_adverse_event_recorded,
    when_clearance_rescinded,
    when_client_cleared,
    when_recovery_checked,
)
from services.notifications.subscriptions.words import session_changes, tell_and_follow
from shared.messaging import Subscription

FROM_PRESCRIBING: Final = (
    Subscription(
        prescribing.MedicalAssessmentCompleted,
        fold=heard(lambda f, e, d: f.assessment_completed(e.request_id, str(d.event_id))),
        policy=then(
            lambda uow, course, e, d: when_assessment_completed(
                uow,
                course,
                request_id=e.request_id,
                more_info=e.outcome is AssessmentOutcome.MORE_INFO,
                at=d.occurred_at,
            )
        ),
    ),
    Subscription(
        prescribing.DosePrescribed,
        fold=heard(alert(AlertKind.PRESCRIPTION_ACTIVE, lambda e: e.prescription_id)),
        policy=then(lambda uow, course, _e, _d: when_prescription_active(uow, course)),
    ),
    Subscription(
        prescribing.PrescriptionRevoked,
        fold=heard(alert(AlertKind.PRESCRIPTION_REVOKED, lambda e: e.prescription_id)),
        policy=tell_and_follow,
    ),
    Subscription(
        prescribing.PrescriptionEnded,
        fold=heard(
            only_if(
                lambda e: e.reason is not PrescriptionEnd.COURSE_CLOSED,
                alert(AlertKind.PRESCRIPTION_ENDED, lambda e: e.prescription_id),
            )
        ),
        policy=then(
            lambda uow, course, e, d: when_prescription_ended(
                uow,
                course,
                prescription_id=e.prescription_id,
                with_its_course=e.reason is PrescriptionEnd.COURSE_CLOSED,
                at=d.occurred_at,
            )
        ),
    ),
    Subscription(
        prescribing.DoseAdministered,
        fold=heard(
            of_session(
                lambda s, e, d: s.dose(
                    e.dose_order_id,
                    sourced(Dose(seq=e.dose_seq, administered_at=e.administered_at), d),
                )
            )
        ),
        policy=session_changes,
    ),
    Subscription(
        prescribing.DoseWithheld,
        fold=heard(alert(AlertKind.DOSE_WITHHELD, lambda e: e.dose_order_id)),
        policy=tell_and_follow,
    ),
    Subscription(
        prescribing.DoseOrderClosed,
        fold=heard(
            of_session(
                lambda s, e, d: s.order_closed(
                    e.dose_order_id, d.aggregate_version, sourced(e.administered_count, d)
                )
            ),
            only_if(
                lambda e: e.administered_count > 0,
                sign_of_dose(lambda e: f"order:{e.dose_order_id}"),
            ),
        ),
        policy=session_changes,
    ),
    Subscription(
        prescribing.RecoveryCheckRecorded,
        fold=heard(
            sign_of_dose(lambda e: f"check:{e.check_no}"),
            only_if(
                lambda e: e.outcome is RecoveryOutcome.ESCALATE,
                worry(lambda e: f"check:{e.check_no}"),
                alert(AlertKind.RECOVERY_ESCALATED),
            ),
        ),
        policy=then(
            lambda uow, course, e, d: when_recovery_checked(
                uow,
                course,
                e.session_id,
                check_id=d.event_id,
                worrying=e.outcome is RecoveryOutcome.ESCALATE,
                at=d.occurred_at,
            )
        ),
    ),
    Subscription(
        prescribing.ClearedForDischarge,
        fold=heard(
            of_session(lambda s, e, d: s.cleared(e.clearance_id, sourced(e.covers_dose_seq, d))),
            sign_of_dose(lambda e: f"clearance:{e.clearance_id}", lambda e, _d: e.cleared_at),
        ),
        policy=then(
            lambda uow, course, e, _d: when_client_cleared(
                uow, course, e.session_id, at=e.cleared_at
            )
        ),
    ),
    Subscription(
        prescribing.ClearanceRescinded,
        fold=heard(
            of_session(lambda s, e, d: s.clearance_rescinded(e.clearance_id, str(d.event_id))),
            alert(AlertKind.CLEARANCE_RESCINDED, lambda e: e.clearance_id),
        ),
        policy=then(lambda uow, course, e, _d: when_clearance_rescinded(uow, course, e.session_id)),
    ),
    Subscription(
        prescribing.AdverseEventRecorded,
        fold=heard(
            only_if(
                lambda e: e.serious,
                worry(lambda e: f"adverse:{e.ae_id}"),
                alert(AlertKind.SERIOUS_ADVERSE_EVENT, lambda e: e.ae_id),
            ),
            only_if(lambda e: not e.serious, alert(AlertKind.ADVERSE_EVENT, lambda e: e.ae_id)),
        ),
        policy=then(
            lambda uow, course, e, d: when_adverse_event_recorded(
                uow,
                course,
                e.session_id,
                ae_id=e.ae_id,
                report_due_at=e.report_due_at,
                at=d.occurred_at,
            )
        ),
    ),
    Subscription(
        prescribing.SessionSummaryReviewed,
        fold=heard(alert(AlertKind.SUMMARY_REVIEWED, lambda e: e.session_id)),
        policy=tell_and_follow,
    ),
)
