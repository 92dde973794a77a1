"""Which aftercare a session gets: standard, or enhanced where something gave cause (F101, 7.2)."""

from datetime import datetime
from typing import Final

from services.notifications.domain.alerts import AlertKind
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.session_facts import ExitWay, SessionFacts
from services.notifications.domain.session_reading import dose_times, sign_times
from services.notifications.domain.vocabulary import PlanKind
from shared.protocol import HoldCategory

UNSAFE_EXITS: Final = frozenset({ExitWay.TRANSFERRED, ExitWay.AGAINST_ADVICE})


def plan_kind(course: CourseFacts, session: SessionFacts) -> PlanKind:
    """Enhanced after a serious event, a worrying check, an unsafe departure, a suicidality hold at
    any time in the course, or eligibility lost since the dose."""
    since = min(dose_times(session) | sign_times(session), default=None)
    cause = (
        bool(session.worries.members)
        or any(told.value.way in UNSAFE_EXITS for told in session.exits.members.values())
        or _ever_held_for_suicidality(course)
        or (since is not None and _eligibility_lost_since(course, since))
    )
    return PlanKind.ENHANCED if cause else PlanKind.STANDARD


def _ever_held_for_suicidality(course: CourseFacts) -> bool:
    return any(hold.value is HoldCategory.SUICIDALITY for hold in course.holds.members.values())


def _eligibility_lost_since(course: CourseFacts, since: datetime) -> bool:
    revoked = any(
        told.value.kind is AlertKind.APPROVAL_REVOKED and told.occurred_at >= since
        for told in course.alerts.members.values()
    )
    return revoked or any(
        hold.value is HoldCategory.CONTRAINDICATION and hold.occurred_at >= since
        for hold in course.holds.members.values()
    )
