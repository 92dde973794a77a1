"""A dose that was taken against a rule: which rules, at that moment (ruling 12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.own_dose_rules import OwnDoseFacts, own_dose_rules
from services.prescribing.domain.session_facts import SessionFacts
from shared.folds import Sourced
from shared.protocol import HoldBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDoseFacts:
    """No peer is asked: the dose is on board whatever they say."""

    own: OwnDoseFacts
    course: CourseFacts


def broken_rules(facts: TakenDoseFacts) -> tuple[str, ...]:
    """The slugs of the rules that the dose broke when it was taken."""
    own = (verdict.slug for verdict in own_dose_rules(facts.own) if not verdict.holds)
    return tuple(dict.fromkeys((*_release(facts), *_told(facts), *own)))


def _release(facts: TakenDoseFacts) -> Iterator[str]:
    order = facts.own.order
    if order.status is not DoseOrderStatus.RELEASED and not order.medicine_out:
        yield "medicine-not-released"


def _told(facts: TakenDoseFacts) -> Iterator[str]:
    course, at = facts.course, facts.own.at
    session = course.session(facts.own.order.session_id)
    if not _in_progress(session, at, dosed=facts.own.order.count > 0):
        yield "session-not-in-progress"
    if session.stop is not None and session.stop.value <= at:
        yield "session-stopped"
    if _before(course.closed, at):
        yield "course-not-active"
    if course.approval_at(at) is None:
        yield "approval-not-current"
    for scope in facts.own.protocol.consent.required_scopes:
        if course.consent_at(scope, at) is None:
            yield f"consent-{scope.replace('_', '-')}-not-active"
    if not session.escorts.open:
        yield "escort-not-confirmed"
    if any(told.occurred_at <= at for told in course.open_holds(HoldBlock.DOSE)):
        yield "hold-blocks-dose"


def _in_progress(session: SessionFacts, at: datetime, *, dosed: bool) -> bool:
    if session.started is None or session.started.value > at:
        return False
    end = session.end(dosed=dosed)
    if end is not None and end.value.ended_at <= at:
        return False
    return session.departure is None or session.departure.value.at > at


def _before(told: Sourced[datetime] | None, at: datetime) -> bool:
    return told is not None and told.value <= at
