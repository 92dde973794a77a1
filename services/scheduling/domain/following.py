"""What follows for a session from everything that is known: guards are conditions, not moments.

:func:`follow` may be called at any time and any number of times; it makes the transitions that
are due by the facts and no others, so it does not matter in which order they were told (ruling 20).
"""

from dataclasses import dataclass
from datetime import datetime

from services.scheduling.domain.booking import block, cancel, unblock
from services.scheduling.domain.closing_undosed import decide_undosed
from services.scheduling.domain.consent_facts import AFTERCARE_AGREEMENT, TREATMENT
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.doses import close_undosed, see_doses
from services.scheduling.domain.events import Outcome
from services.scheduling.domain.gate_discharge import manually_cleared
from services.scheduling.domain.leaving import clear, unclear
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen, Session, SessionChange
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.stopping import stopped_by
from services.scheduling.domain.therapy import abort, end_by_rule, observe
from shared.decisions import Change, Decision
from shared.protocol import Recovery

_S = SessionStatus
_KEPT_AFTER_CLOSING = frozenset({SessionKind.INTEGRATION, SessionKind.FOLLOW_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a session is followed by; ``booking`` while it is still only a promise."""

    facts: CourseFacts
    booking: Decision | None
    recovery: Recovery
    now: datetime


def follow(session: Session, known: Known) -> SessionChange:
    """Every transition that is due, in the order of safety: doses first, promises last."""
    change: SessionChange = Change(session)
    for step in (
        _doses,
        _before_start,
        _opening,
        _consent_gone,
        _observe,
        _undosed,
        _clearance,
        _promise,
    ):
        change = change.then(lambda s, step=step: step(s, known))  # type: ignore[misc]
    return change


def _doses(session: Session, known: Known) -> SessionChange:
    """Ruling 12: what was taken, by each dose that was told or by the closed count."""
    taken = known.facts.doses_of(str(session.id))
    seen = DosesSeen(
        count=known.facts.dose_count(str(session.id)),
        first_at=taken[0].administered_at if taken else None,
        last_at=taken[-1].administered_at if taken else None,
    )
    return see_doses(session, seen, at=known.now)


def _before_start(session: Session, known: Known) -> SessionChange:
    """5.2 and ruling 17: an ended course or a lost approval cancels, so does a stop on the day."""
    if not session.before_start:
        return Change(session)
    facts = known.facts
    course_over = facts.declined is not None or (
        facts.closed is not None and session.kind not in _KEPT_AFTER_CLOSING
    )
    here = session.status in {_S.CHECKED_IN, _S.READY}
    because: str | None = None
    if course_over:
        because = "administrative"
    elif session.dosing and facts.approval_lost:
        because = "contraindication"
    elif session.dosing and here:
        because = stopped_by(session, facts)
    if because is None:
        return Change(session)
    return cancel(session, at=known.now, by=Role.SYSTEM, because=because)


def _opening(session: Session, known: Known) -> SessionChange:
    """Ruling 17: before the dose a stop, a revocation or a withheld order aborts, a pause not."""
    facts = known.facts
    if session.status is not _S.IN_PROGRESS or not session.dosing:
        return Change(session)
    withheld = any(
        order.withheld is not None
        for order_id, order in facts.orders_of(str(session.id)).items()
        if session.dose_order_id is None or order_id == str(session.dose_order_id)
    )
    consent_gone = any(facts.consents.withdrawal(s) for s in (TREATMENT, AFTERCARE_AGREEMENT))
    if facts.approval_lost or withheld or consent_gone or stopped_by(session, facts):
        return abort(session, at=known.now, by=Role.SYSTEM)
    return Change(session)


def _consent_gone(session: Session, known: Known) -> SessionChange:
    """Ruling 14: after the dose the therapy ends, at the withdrawal or the last dose."""
    withdrawal = known.facts.consents.withdrawal(TREATMENT)
    if session.status is not _S.DOSED or withdrawal is None:
        return Change(session)
    ended_at = max(withdrawal.value, session.doses.last_at or withdrawal.value)
    return end_by_rule(session, ended_at=ended_at, outcome=Outcome.ENDED_BY_CLIENT, now=known.now)


def _observe(session: Session, known: Known) -> SessionChange:
    return observe(session, at=known.now)


def _undosed(session: Session, known: Known) -> SessionChange:
    """INV-25: only the closed order of this very session proves that there was no dose."""
    if session.status not in {_S.ABORTED, _S.RECOVERING} or session.doses.count:
        return Change(session)
    if not decide_undosed(session, known.facts).allowed:
        return Change(session)
    return close_undosed(session, at=known.now)


def _clearance(session: Session, known: Known) -> SessionChange:
    """INV-21, INV-23: clearable only while a clearance stands that covers every dose seen."""
    cleared = _stands(session, known)
    if session.status is _S.RECOVERING and cleared and session.doses.count:
        return clear(session, at=known.now)
    if session.status in {_S.CLEARABLE, _S.DISCHARGING} and not cleared:
        return unclear(session, at=known.now)
    return Change(session)


def _stands(session: Session, known: Known) -> bool:
    facts = known.facts.of_session(str(session.id))
    if facts.clearance(known.now, session.doses.count) is not None:
        return True
    manual = session.manual_clearance
    return manual is not None and all(
        verdict.holds
        for verdict in manually_cleared(session, manual, known.facts, known.recovery, known.now)
    )


def _promise(session: Session, known: Known) -> SessionChange:
    """Ruling 23: scheduled while the booking conditions hold, blocked by name while they do not."""
    if known.booking is None:
        return Change(session)
    reasons = tuple(refusal.slug for refusal in known.booking.refusals)
    if session.status is _S.SCHEDULED and reasons:
        return block(session, reasons, at=known.now)
    if session.status is _S.BLOCKED and not reasons:
        return unblock(session, at=known.now)
    if session.status is _S.BLOCKED and reasons != session.blocked_by:
        return block(session, reasons, at=known.now)
    return Change(session)


def clearance_lapses_at(session: Session, facts: CourseFacts, now: datetime) -> datetime | None:
    """When the clearance that stands now will run out."""
    standing = facts.of_session(str(session.id)).clearance(now, session.doses.count)
    manual = session.manual_clearance
    ends = [standing[1].value.valid_until] if standing else []
    if manual is not None and manual.valid(now):
        ends.append(manual.valid_until)
    return max(ends, default=None)
