"""The use cases, by name: what people command, what events cause, what timers announce."""

from typing import Final

from services.prescribing.handlers.activate_prescription import activate_prescription
from services.prescribing.handlers.administer_dose import administer_dose
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.amend_prescription import (
    amend_prescription,
    confirm_higher_dose,
)
from services.prescribing.handlers.check_before_dose import (
    accept_pre_dose_check,
    record_pre_dose_check,
)
from services.prescribing.handlers.clear_for_discharge import (
    clear_for_discharge,
    rescind_clearance,
)
from services.prescribing.handlers.complete_assessment import complete_assessment, record_enrolment
from services.prescribing.handlers.deadlines import (
    when_checkpoint_is_missed,
    when_clearance_runs_out,
    when_minimum_observation_is_over,
    when_prescription_runs_out,
    when_summary_is_owed,
)
from services.prescribing.handlers.hold_course import hold_course, lift_hold
from services.prescribing.handlers.observe_recovery import (
    record_recovery_check,
    record_reversal_agent,
)
from services.prescribing.handlers.order_consequences import (
    CHECKPOINT_MISSED,
    CLEARANCE_RUNS_OUT,
    MINIMUM_OVER,
    PRESCRIPTION_RUNS_OUT,
    SUMMARY_OWED,
)
from services.prescribing.handlers.record_adverse_event import (
    find_adverse_event_serious,
    record_adverse_event,
    report_adverse_event,
)
from services.prescribing.handlers.record_registration import record_registration
from services.prescribing.handlers.record_taken_dose import record_taken_dose
from services.prescribing.handlers.release_dose import release_dose
from services.prescribing.handlers.review import finish_task, review_incident, review_summary
from services.prescribing.handlers.revoke_prescription import revoke_prescription
from services.prescribing.handlers.when_aftercare_worries import (
    when_aftercare_escalated,
    when_check_in_worries,
)
from services.prescribing.handlers.when_client_leaves import (
    when_client_discharged,
    when_client_left_against_advice,
    when_manual_clearance_recorded,
)
from services.prescribing.handlers.when_course_changes import (
    when_approval_revoked,
    when_assessment_requested,
    when_consent_withdrawn,
    when_course_ended,
    when_others_hold_placed,
)
from services.prescribing.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted
from services.prescribing.handlers.when_session_changes import (
    when_client_checked_in,
    when_session_completed,
    when_summary_shared,
)
from services.prescribing.handlers.withhold_dose import (
    return_medicine,
    waste_medicine,
    withhold_dose,
)
from services.prescribing.handlers.write_prescription import (
    confirm_prescription,
    draft_prescription,
)

COMMANDS: Final = {
    "complete_assessment": complete_assessment,
    "record_enrolment": record_enrolment,
    "record_registration": record_registration,
    "draft_prescription": draft_prescription,
    "confirm_prescription": confirm_prescription,
    "activate_prescription": activate_prescription,
    "amend_prescription": amend_prescription,
    "confirm_higher_dose": confirm_higher_dose,
    "revoke_prescription": revoke_prescription,
    "record_pre_dose_check": record_pre_dose_check,
    "accept_pre_dose_check": accept_pre_dose_check,
    "release_dose": release_dose,
    "administer_dose": administer_dose,
    "record_taken_dose": record_taken_dose,
    "withhold_dose": withhold_dose,
    "return_medicine": return_medicine,
    "waste_medicine": waste_medicine,
    "record_recovery_check": record_recovery_check,
    "record_reversal_agent": record_reversal_agent,
    "clear_for_discharge": clear_for_discharge,
    "rescind_clearance": rescind_clearance,
    "record_adverse_event": record_adverse_event,
    "find_adverse_event_serious": find_adverse_event_serious,
    "report_adverse_event": report_adverse_event,
    "hold_course": hold_course,
    "lift_hold": lift_hold,
    "review_summary": review_summary,
    "finish_task": finish_task,
    "review_incident": review_incident,
}

POLICIES: Final = {
    "any fact of the course changes": advance_course,
    "an assessment is requested": when_assessment_requested,
    "a course is declined or closed": when_course_ended,
    "an approval is revoked": when_approval_revoked,
    "a consent is withdrawn": when_consent_withdrawn,
    "another service places a hold": when_others_hold_placed,
    "a service lifts a hold that is not its own": when_foreign_hold_lifted,
    "a client checks in": when_client_checked_in,
    "a session ends": when_session_completed,
    "a summary is shared": when_summary_shared,
    "a client is discharged or transferred": when_client_discharged,
    "a client leaves against advice": when_client_left_against_advice,
    "a manual clearance is recorded": when_manual_clearance_recorded,
    "a check-in gives concern": when_check_in_worries,
    "aftercare escalates": when_aftercare_escalated,
}

TIMERS: Final = {
    MINIMUM_OVER: when_minimum_observation_is_over,
    CLEARANCE_RUNS_OUT: when_clearance_runs_out,
    PRESCRIPTION_RUNS_OUT: when_prescription_runs_out,
    CHECKPOINT_MISSED: when_checkpoint_is_missed,
    SUMMARY_OWED: when_summary_is_owed,
}
