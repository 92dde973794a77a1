"""The use cases, by name: what people command, what events cause, what timers announce."""

from typing import Final

from services.notifications.handlers.advance_aftercare import CHECK_IN_TIMER, RESTRICTION_TIMER
from services.notifications.handlers.answer_escalation import (
    acknowledge_escalation,
    resolve_aftercare_escalations,
    resolve_escalation,
)
from services.notifications.handlers.arrange_integration import when_integration_declined
from services.notifications.handlers.check_in_timers import (
    SILENCE_TIMER,
    when_check_in_falls_due,
    when_check_in_stays_silent,
)
from services.notifications.handlers.choose_preferences import choose_preferences
from services.notifications.handlers.complete_check_in import record_check_in
from services.notifications.handlers.deliver_instructions import (
    record_acknowledgement,
    record_instructions,
)
from services.notifications.handlers.manage_integrators import (
    enable_integrator,
    register_integrator,
    revoke_integrator,
    rotate_secret,
)
from services.notifications.handlers.owe_after_hours import DESK_TIMER, when_desk_closes
from services.notifications.handlers.replay_events import replay_events
from services.notifications.handlers.say import MESSAGE_TIMER
from services.notifications.handlers.send_message import Sending
from services.notifications.handlers.sweep_session import (
    when_session_should_be_over,
    when_session_starts,
)
from services.notifications.handlers.tell_integrators import keep_public_event, note_answer
from services.notifications.handlers.tell_team import readdress
from services.notifications.handlers.try_endpoint import try_endpoint
from services.notifications.handlers.urgent_loops import STEP_TIMER, when_step_is_due
from services.notifications.handlers.watch_session import SWEEP_TIMER
from services.notifications.handlers.when_course_changes import (
    when_assessment_completed,
    when_assessment_requested,
    when_client_approved,
    when_client_declined,
    when_course_closed,
    when_prescription_active,
    when_prescription_ended,
)
from services.notifications.handlers.when_escort_changes import (
    CHASE_TIMER,
    stop_chasing_escort,
    when_escort_cancelled,
    when_escort_confirmed,
    when_escort_is_late,
)
from services.notifications.handlers.when_restriction_ends import when_restriction_ends
from services.notifications.handlers.when_safety_changes import (
    CATCH_UP_TIMER,
    follow_up,
    when_adverse_event_recorded,
    when_catching_up,
    when_clearance_rescinded,
    when_client_cleared,
    when_client_leaves,
    when_incident_recorded,
    when_recovery_checked,
    when_session_changes,
    when_session_ends,
)
from services.notifications.handlers.when_session_is_booked import (
    when_session_booked,
    when_session_cancelled,
    when_session_missed,
)
from services.notifications.handlers.work_through import complete_owed_task, read_inbox_notice

COMMANDS: Final = {
    "deliver_instructions": record_instructions,
    "acknowledge_instructions": record_acknowledgement,
    "complete_check_in": record_check_in,
    "complete_task": complete_owed_task,
    "read_notice": read_inbox_notice,
    "choose_preferences": choose_preferences,
    "acknowledge_escalation": acknowledge_escalation,
    "resolve_escalation": resolve_escalation,
    "resolve_aftercare_escalations": resolve_aftercare_escalations,
    "register_integrator": register_integrator,
    "rotate_integrator_secret": rotate_secret,
    "revoke_integrator": revoke_integrator,
    "enable_integrator": enable_integrator,
    "try_integrator": try_endpoint,
    "replay_to_integrator": replay_events,
}

POLICIES: Final = {
    "the care team is assigned": readdress,
    "an assessment is requested": when_assessment_requested,
    "an assessment is completed": when_assessment_completed,
    "a client is approved": when_client_approved,
    "a client is declined": when_client_declined,
    "a course is closed": when_course_closed,
    "a prescription is active": when_prescription_active,
    "a prescription has ended": when_prescription_ended,
    "a session is booked or moved": when_session_booked,
    "a session is cancelled": when_session_cancelled,
    "a session is missed": when_session_missed,
    "a dosing session starts": when_session_starts,
    "integration is declined": when_integration_declined,
    "an escort is confirmed": when_escort_confirmed,
    "an escort is cancelled": when_escort_cancelled,
    "an escort has arrived": stop_chasing_escort,
    "a client is cleared": when_client_cleared,
    "a clearance is rescinded": when_clearance_rescinded,
    "a dose, or a sign of one, is heard of": when_session_changes,
    "a session ends": when_session_ends,
    "a client leaves": when_client_leaves,
    "recovery is checked": when_recovery_checked,
    "an adverse event is recorded": when_adverse_event_recorded,
    "an incident is recorded": when_incident_recorded,
    "the team must know something": follow_up,
    "something public happens": keep_public_event,
    "an integrator has answered": note_answer,
}

TIMERS: Final = {
    RESTRICTION_TIMER: when_restriction_ends,
    CHECK_IN_TIMER: when_check_in_falls_due,
    SILENCE_TIMER: when_check_in_stays_silent,
    STEP_TIMER: when_step_is_due,
    CHASE_TIMER: when_escort_is_late,
    CATCH_UP_TIMER: when_catching_up,
    SWEEP_TIMER: when_session_should_be_over,
    DESK_TIMER: when_desk_closes,
}

ASKING_TIMERS: Final = {MESSAGE_TIMER: Sending}
"""Timers that ask somebody; each is made with the channels that the clinic uses."""
