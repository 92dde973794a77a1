"""The messages that exist: what each is for, who receives it, how long it stays true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.notifications.domain.task import TaskKind
from services.notifications.domain.vocabulary import Purpose, Recipient


class Wording(StrEnum):
    """One text, in every language."""

    WELCOME = "welcome"
    DECLINED = "declined"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"
    ESCORT_PLAN = "escort_plan"
    ESCORT_NOT_NEEDED = "escort_not_needed"
    ESCORT_COME_IN = "escort_come_in"
    INSTRUCTIONS = "instructions"
    INSTRUCTIONS_FOR_ESCORT = "instructions_for_escort"
    RESTRICTION_OVER = "restriction_over"
    CHECK_IN = "check_in"
    NEXT_APPOINTMENT = "next_appointment"
    FOLLOW_UP = "follow_up"
    PLEASE_CALL_NOW = "please_call_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """``urgent`` goes out in quiet hours and during a session. Later than ``late_after`` a message
    says that it is late; later than ``keeps_for`` it is not sent (INV-27). ``fallback`` is what
    staff do when it reaches nobody (INV-29); without one, people already know or nobody is harmed.
    """

    purpose: Purpose
    recipient: Recipient
    urgent: bool = False
    late_after: timedelta = timedelta(hours=1)
    keeps_for: timedelta = timedelta(hours=24)
    fallback: TaskKind | None = None
    people_call_anyway: bool = False


_SOON: Final = timedelta(minutes=10)
_WEEK: Final = timedelta(days=7)

TRAITS: Final[Mapping[Wording, Traits]] = {
    Wording.WELCOME: Traits(
        purpose=Purpose.WELCOME,
        recipient=Recipient.CLIENT,
        late_after=timedelta(days=1),
        keeps_for=_WEEK,
    ),
    Wording.DECLINED: Traits(
        purpose=Purpose.DECLINE_NOTICE,
        recipient=Recipient.CLIENT,
        late_after=timedelta(days=1),
        keeps_for=_WEEK,
        people_call_anyway=True,
    ),
    Wording.REMINDER: Traits(
        purpose=Purpose.APPOINTMENT_REMINDER,
        recipient=Recipient.CLIENT,
        late_after=timedelta(hours=24),
        keeps_for=timedelta(hours=48),
    ),
    Wording.MOVED: Traits(
        purpose=Purpose.APPOINTMENT_CHANGE,
        recipient=Recipient.CLIENT,
        fallback=TaskKind.CALL_CLIENT,
    ),
    Wording.CANCELLED: Traits(
        purpose=Purpose.APPOINTMENT_CHANGE,
        recipient=Recipient.CLIENT,
        fallback=TaskKind.CALL_CLIENT,
    ),
    Wording.MISSED: Traits(
        purpose=Purpose.OUTREACH,
        recipient=Recipient.CLIENT,
        keeps_for=timedelta(days=3),
        people_call_anyway=True,
    ),
    Wording.ESCORT_PLAN: Traits(
        purpose=Purpose.ESCORT_REQUEST,
        recipient=Recipient.ESCORT,
        late_after=timedelta(days=1),
        keeps_for=_WEEK,
        fallback=TaskKind.CALL_ESCORT,
    ),
    Wording.ESCORT_NOT_NEEDED: Traits(
        purpose=Purpose.APPOINTMENT_CHANGE,
        recipient=Recipient.ESCORT,
        fallback=TaskKind.CALL_ESCORT,
    ),
    Wording.ESCORT_COME_IN: Traits(
        purpose=Purpose.ESCORT_PICKUP,
        recipient=Recipient.ESCORT,
        urgent=True,
        late_after=_SOON,
        keeps_for=timedelta(hours=2),
        fallback=TaskKind.CALL_ESCORT,
    ),
    Wording.INSTRUCTIONS: Traits(
        purpose=Purpose.AFTERCARE_INSTRUCTIONS,
        recipient=Recipient.CLIENT,
        urgent=True,
        late_after=_SOON,
        fallback=TaskKind.GIVE_INSTRUCTIONS,
    ),
    Wording.INSTRUCTIONS_FOR_ESCORT: Traits(
        purpose=Purpose.AFTERCARE_INSTRUCTIONS,
        recipient=Recipient.ESCORT,
        urgent=True,
        late_after=_SOON,
        fallback=TaskKind.GIVE_INSTRUCTIONS,
    ),
    Wording.RESTRICTION_OVER: Traits(
        purpose=Purpose.RESTRICTION_OVER,
        recipient=Recipient.CLIENT,
        late_after=timedelta(days=1),
    ),
    Wording.CHECK_IN: Traits(
        purpose=Purpose.CHECK_IN,
        recipient=Recipient.CLIENT,
        keeps_for=timedelta(hours=8),
        people_call_anyway=True,
    ),
    Wording.NEXT_APPOINTMENT: Traits(
        purpose=Purpose.INTEGRATION_OFFER,
        recipient=Recipient.CLIENT,
        late_after=timedelta(days=1),
        keeps_for=timedelta(days=3),
    ),
    Wording.FOLLOW_UP: Traits(
        purpose=Purpose.FOLLOW_UP,
        recipient=Recipient.CLIENT,
        late_after=timedelta(days=1),
        keeps_for=_WEEK,
        people_call_anyway=True,
    ),
    Wording.PLEASE_CALL_NOW: Traits(
        purpose=Purpose.SAFETY_CONTACT,
        recipient=Recipient.CLIENT,
        urgent=True,
        late_after=_SOON,
        people_call_anyway=True,
    ),
}
