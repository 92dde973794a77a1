"""What intake does: every command, every policy and every deadline, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from services.intake.handlers.advance_course import APPROVAL_EXPIRES
from services.intake.handlers.assign_team import assign_team
from services.intake.handlers.change_contact import (
    change_contact_preferences,
    correct_contact_details,
)
from services.intake.handlers.change_protocol import (
    CHANGING_PROTOCOL,
    propose_protocol_change,
    sign_protocol_change,
    when_protocol_change_is_due,
)
from services.intake.handlers.close_course import close_course
from services.intake.handlers.deadlines import when_approval_expires, when_consent_expires
from services.intake.handlers.erase_client import (
    confirm_erasure,
    request_erasure,
    withdraw_erasure,
)
from services.intake.handlers.evaluate_client import evaluate_client
from services.intake.handlers.offer_consent import ask_consent_again, offer_consent
from services.intake.handlers.open_another_course import open_another_course
from services.intake.handlers.questions import answer_question, ask_question
from services.intake.handlers.register_client import register_client
from services.intake.handlers.review_course import review_course, sign_review
from services.intake.handlers.revoke_approval import revoke_approval
from services.intake.handlers.settle_closing import CLOSING, when_closing_is_due
from services.intake.handlers.settle_erasing import ERASING, when_erasing_is_due
from services.intake.handlers.sign_consent import CONSENT_EXPIRES, sign_consent
from services.intake.handlers.staff_holds import place_hold, sign_hold_lift
from services.intake.handlers.submit_screening import submit_screening
from services.intake.handlers.update_preferences import update_preferences
from services.intake.handlers.when_aftercare_worries import when_aftercare_worries
from services.intake.handlers.when_assessment_completed import when_assessment_completed
from services.intake.handlers.when_dose_administered import when_dose_administered
from services.intake.handlers.when_event_parked import when_event_parked
from services.intake.handlers.when_facts_changed import when_facts_changed, when_session_is_over
from services.intake.handlers.when_foreign_hold_lifted import when_foreign_hold_lifted
from services.intake.handlers.withdraw_consent import withdraw_consent, withdraw_scopes

_Table = Mapping[str, Callable[..., Any]]

COMMANDS: Final[_Table] = MappingProxyType(
    {
        handler.__name__: handler
        for handler in (
            register_client,
            open_another_course,
            change_contact_preferences,
            correct_contact_details,
            assign_team,
            submit_screening,
            evaluate_client,
            ask_question,
            answer_question,
            offer_consent,
            ask_consent_again,
            sign_consent,
            withdraw_consent,
            withdraw_scopes,
            update_preferences,
            place_hold,
            sign_hold_lift,
            review_course,
            sign_review,
            revoke_approval,
            propose_protocol_change,
            sign_protocol_change,
            close_course,
            request_erasure,
            confirm_erasure,
            withdraw_erasure,
        )
    }
)

POLICIES: Final[_Table] = MappingProxyType(
    {
        policy.__name__: policy
        for policy in (
            when_assessment_completed,
            when_dose_administered,
            when_facts_changed,
            when_session_is_over,
            when_aftercare_worries,
            when_foreign_hold_lifted,
            when_event_parked,
        )
    }
)

TIMERS: Final[_Table] = MappingProxyType(
    {
        CONSENT_EXPIRES: when_consent_expires,
        APPROVAL_EXPIRES: when_approval_expires,
    }
)

ASKING_TIMERS: Final[_Table] = MappingProxyType(
    {
        CLOSING: when_closing_is_due,
        CHANGING_PROTOCOL: when_protocol_change_is_due,
        ERASING: when_erasing_is_due,
    }
)
