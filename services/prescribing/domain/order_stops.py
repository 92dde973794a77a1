"""What ends an order before its dose (section 6.2, rulings 17, 18 and 20).

Each cause is a condition over facts, so it is found whenever any of them changes, in any order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import DoseOrderStatus, StopCause
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.session_facts import SessionFacts
from shared.decisions import Decision
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity

_DOSING: Final = (HoldBlock.START, HoldBlock.DOSE)
_EARLIER_DOSE: Final = frozenset(
    {
        "summary-not-reviewed",
        "integration-missing",
        "too-many-doses-in-seven-days",
        "course-review-due",
        "another-order-authorised",
    }
)
"""Rules of the authorisation that a dose which came to light late can break afterwards."""


DECIDED_AGAIN: Final = frozenset(
    {
        StopCause.HOLD,
        StopCause.APPROVAL_REVOKED,
        StopCause.PRESCRIPTION_NOT_ACTIVE,
        StopCause.AUTHORISATION_GONE,
        StopCause.GUARD_LAPSED,
    }
)
"""Causes that are the authorisation refused after it was given: they leave its receipt (7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    cause: StopCause
    category: HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFacts:
    """``authorisation`` is evaluated as if the order were only requested."""

    order: DoseOrder
    course: CourseFacts
    prescription: Prescription | None
    own_holds: tuple[Hold, ...]
    authorisation: Decision
    now: datetime


def stop_of(facts: StopFacts) -> Stop | None:
    """The first cause that ends this undosed order, or None."""
    of_session = next(_of_session(facts), None)
    if of_session is not None or facts.order.status is DoseOrderStatus.REQUESTED:
        return of_session
    return next(_of_authorised(facts), None)


def _of_session(facts: StopFacts) -> Iterator[Stop]:
    session = facts.course.session(facts.order.session_id)
    if session.off is not None:
        yield Stop(cause=StopCause.SESSION_OFF, category=HoldCategory.LOGISTICS)
    if session.stop is not None:
        yield Stop(cause=StopCause.STOP_REQUESTED, category=HoldCategory.CONSENT)
    if session.end(dosed=False) is not None or session.departure is not None:
        yield Stop(cause=StopCause.SESSION_ENDED, category=HoldCategory.ADMINISTRATIVE)
    if _moved(facts.order, session):
        yield Stop(cause=StopCause.RESCHEDULED, category=HoldCategory.LOGISTICS)
    if facts.course.closed is not None:
        yield Stop(cause=StopCause.COURSE_ENDED, category=HoldCategory.ADMINISTRATIVE)


def _of_authorised(facts: StopFacts) -> Iterator[Stop]:
    category = _stopping_hold(facts)
    if category is not None:
        yield Stop(cause=StopCause.HOLD, category=category)
    course = facts.course
    if course.approvals.tombstones and course.approval_at(facts.now) is None:
        yield Stop(cause=StopCause.APPROVAL_REVOKED, category=HoldCategory.CONTRAINDICATION)
    rx = facts.prescription
    if rx is None or not rx.active_at(facts.now):
        revoked = rx.revoked.category if rx is not None and rx.revoked is not None else None
        yield Stop(
            cause=StopCause.PRESCRIPTION_NOT_ACTIVE,
            category=revoked or HoldCategory.ADMINISTRATIVE,
        )
    elif rx.left < 1:
        yield Stop(cause=StopCause.AUTHORISATION_GONE, category=HoldCategory.ADMINISTRATIVE)
    started = course.session(facts.order.session_id).started is not None
    broken = {refusal.slug for refusal in facts.authorisation.refusals} & _EARLIER_DOSE
    if broken and not started:
        yield Stop(cause=StopCause.GUARD_LAPSED, category=HoldCategory.ADMINISTRATIVE)


def _stopping_hold(facts: StopFacts) -> HoldCategory | None:
    """Ruling 17: only a stop ends an order, a pause blocks it."""
    ours = [
        (hold.category, hold.severity)
        for hold in facts.own_holds
        if hold.open and set(hold.blocks) & set(_DOSING)
    ]
    others = [(s.value.category, s.value.severity) for s in facts.course.open_holds(*_DOSING)]
    return next((c for c, severity in ours + others if severity is HoldSeverity.STOP), None)


def _moved(order: DoseOrder, session: SessionFacts) -> bool:
    told = session.window.told
    return told is not None and (
        told.value.starts_at != order.starts_at or told.value.planned_end_at != order.planned_end_at
    )


def closes_at(order: DoseOrder, session: SessionFacts, now: datetime) -> datetime | None:
    """When an order became final, or None while that is open (section 6.2, ruling 14).

    With a dose: at the session's end. Without: at the session's end too if it began, else now,
    so that a session which is still scheduled can get another order (ruling 18).
    """
    if not order.closable:
        return None
    end = session.end(dosed=order.count > 0)
    if end is not None:
        return end.value.ended_at
    if session.departure is not None:
        return session.departure.value.at
    if order.count == 0 and (session.started is None or session.off is not None):
        return now
    return None


def wants_order(orders: tuple[DoseOrder, ...], session: SessionFacts) -> bool:
    """Whether a dosing session is to come and nothing is or was prepared for its window."""
    told = session.window.told
    over = session.off or session.end(dosed=False) or session.departure
    if told is None or over is not None or session.stop is not None:
        return False
    if any(order.open or order.count for order in orders):
        return False
    return session.started is None
