"""The use cases of scheduling: what people may ask for, what events lead to, what time does."""

from collections.abc import Callable
from typing import Any, Final

from services.scheduling.handlers.accompany_session import (
    record_integration_decline,
    record_safety_plan,
    sign_summary,
)
from services.scheduling.handlers.book_session import book_session, preview_booking
from services.scheduling.handlers.cancel_escort import cancel_escort
from services.scheduling.handlers.confirm_escort import confirm_escort
from services.scheduling.handlers.deadlines import (
    CLEARANCE_LAPSES,
    DECISION_LAPSES,
    ESCORT_OVERDUE,
    LOOK_AGAIN,
    OVERRUN,
)
from services.scheduling.handlers.discharge_client import discharge_client
from services.scheduling.handlers.finish_task import finish_task
from services.scheduling.handlers.keep_holds import lift_own_hold, place_own_hold
from services.scheduling.handlers.keep_notes import (
    add_to_session_note,
    complete_action_item,
    write_session_note,
)
from services.scheduling.handlers.keep_roster import (
    add_absence,
    add_clinician,
    add_room,
    end_absence,
    renew_credentials,
    set_hours,
)
from services.scheduling.handlers.leave_unusually import (
    record_left_against_advice,
    transfer_client,
)
from services.scheduling.handlers.move_session import (
    cancel_session,
    miss_session,
    preview_rescheduling,
    reschedule_session,
)
from services.scheduling.handlers.receive_client import check_in_client, record_clients_assent
from services.scheduling.handlers.record_escort_arrival import record_escort_arrival
from services.scheduling.handlers.record_manual_clearance import clear_manually
from services.scheduling.handlers.run_therapy import end_session, enter_next_phase, stop_session
from services.scheduling.handlers.sign_preparation import sign_preparation
from services.scheduling.handlers.start_session import start_session
from services.scheduling.handlers.when_deadlines_pass import (
    when_bookings_rest_on_something_new,
    when_clearance_lapses,
    when_decision_lapses,
    when_escort_overdue,
    when_session_overruns,
)
from services.scheduling.handlers.when_facts_change import (
    when_aftercare_escalated,
    when_check_in_completed,
    when_course_closed,
    when_delivery_failed,
    when_event_parked,
    when_facts_change,
)
from services.scheduling.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted

COMMANDS: Final[dict[str, Callable[..., Any]]] = {
    "add_room": add_room,
    "add_clinician": add_clinician,
    "renew_credentials": renew_credentials,
    "set_hours": set_hours,
    "add_absence": add_absence,
    "end_absence": end_absence,
    "book_session": book_session,
    "reschedule_session": reschedule_session,
    "cancel_session": cancel_session,
    "miss_session": miss_session,
    "confirm_escort": confirm_escort,
    "cancel_escort": cancel_escort,
    "record_escort_arrival": record_escort_arrival,
    "check_in": check_in_client,
    "record_assent": record_clients_assent,
    "start_session": start_session,
    "enter_phase": enter_next_phase,
    "stop_session": stop_session,
    "end_session": end_session,
    "sign_preparation": sign_preparation,
    "decline_integration": record_integration_decline,
    "confirm_safety_plan": record_safety_plan,
    "share_summary": sign_summary,
    "write_note": write_session_note,
    "add_to_note": add_to_session_note,
    "complete_item": complete_action_item,
    "discharge_client": discharge_client,
    "transfer_client": transfer_client,
    "leave_against_advice": record_left_against_advice,
    "clear_manually": clear_manually,
    "place_hold": place_own_hold,
    "lift_hold": lift_own_hold,
    "finish_task": finish_task,
}
QUESTIONS: Final[dict[str, Callable[..., Any]]] = {
    "preview_booking": preview_booking,
    "preview_rescheduling": preview_rescheduling,
}
POLICIES: Final[dict[str, Callable[..., Any]]] = {
    "when_facts_change": when_facts_change,
    "when_foreign_hold_lifted": when_foreign_hold_lifted,
    "when_course_closed": when_course_closed,
    "when_delivery_failed": when_delivery_failed,
    "when_event_parked": when_event_parked,
    "when_check_in_completed": when_check_in_completed,
    "when_aftercare_escalated": when_aftercare_escalated,
}
TIMERS: Final[dict[str, Callable[..., Any]]] = {
    DECISION_LAPSES: when_decision_lapses,
    CLEARANCE_LAPSES: when_clearance_lapses,
    ESCORT_OVERDUE: when_escort_overdue,
    OVERRUN: when_session_overruns,
    LOOK_AGAIN: when_bookings_rest_on_something_new,
}
