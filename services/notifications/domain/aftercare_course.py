"""How aftercare begins, learns when its restriction ends, and closes (F90, INV-26, ruling 21)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notifications.domain.aftercare_plan import (
    AftercareChange,
    AftercarePlan,
    AftercareStatus,
    Trigger,
    calm_status,
    require_allowed,
)
from services.notifications.domain.events import (
    AftercareCompleted,
    AftercareStarted,
    RestrictionsExtended,
)
from services.notifications.domain.restriction import RestrictionRule, Window
from services.notifications.domain.vocabulary import PlanKind
from shared.decisions import Change, refuse


def start_aftercare(
    *,
    aftercare_id: UUID,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID,
    window: Window,
    plan: PlanKind,
    rule: RestrictionRule,
    at: datetime,
) -> AftercareChange:
    """Aftercare begins with the first sign of a dose; ``at`` is when that became true."""
    state = AftercarePlan(
        id=aftercare_id,
        client_id=client_id,
        course_id=course_id,
        session_id=session_id,
        status=AftercareStatus.RESTRICTED if window.end_known else AftercareStatus.ARMED,
        plan=plan,
        rule=rule,
        restrictions_until=window.until,
        end_known=window.end_known,
        started_at=at,
    )
    return Change(state, (_started(state, at),))


def learn_window(
    state: AftercarePlan, window: Window, *, at: datetime, now: datetime
) -> AftercareChange:
    """Take what the facts now say. A known end stays known and never moves back (INV-26).

    A provisional time gives way to the known one, whichever is later: it was for display only.
    ``at`` is when the newest of the facts became true.
    """
    require_allowed(state, Trigger.LEARN_WINDOW)
    becomes_known = window.end_known and not state.end_known
    until = window.until if becomes_known else max(state.restrictions_until, window.until)
    if until == state.restrictions_until and not becomes_known:
        return Change(state)
    learnt = replace(state, restrictions_until=until, end_known=state.end_known or window.end_known)
    learnt = replace(learnt, status=_status_after_learning(learnt, now))
    extended = RestrictionsExtended(
        at=at,
        aftercare_id=state.id,
        session_id=state.session_id,
        restrictions_until=until,
        end_known=learnt.end_known,
    )
    return Change(learnt, (extended,))


def learn_start(state: AftercarePlan, *, at: datetime) -> AftercareChange:
    """The first sign of a dose may be heard after a later one."""
    return Change(replace(state, started_at=min(state.started_at, at)))


def enhance(state: AftercarePlan, *, at: datetime) -> AftercareChange:
    """The plan becomes enhanced, and stays so: the same aftercare is told again (ruling 14)."""
    require_allowed(state, Trigger.ENHANCE)
    if state.plan is PlanKind.ENHANCED:
        return Change(state)
    enhanced = replace(state, plan=PlanKind.ENHANCED)
    return Change(enhanced, (_started(enhanced, at),))


def end_restriction(state: AftercarePlan, *, now: datetime) -> AftercareChange:
    """The restriction is over; what remains is monitoring."""
    require_allowed(state, Trigger.END_RESTRICTION)
    if state.window.active(now):
        refuse(
            "restriction-in-force",
            "F90",
            restrictions_until=state.restrictions_until.isoformat(),
            end_known=state.end_known,
        )
    return Change(replace(state, status=AftercareStatus.MONITORING))


def complete_aftercare(state: AftercarePlan, *, now: datetime) -> AftercareChange:
    """Nothing is left to do; the guard is :func:`closing_decision`."""
    require_allowed(state, Trigger.COMPLETE)
    closed = replace(state, status=AftercareStatus.CLOSED, closed_at=now)
    completed = AftercareCompleted(at=now, aftercare_id=state.id, session_id=state.session_id)
    return Change(closed, (completed,))


def _status_after_learning(state: AftercarePlan, now: datetime) -> AftercareStatus:
    """A plan that was calm, or closed, is reopened by a window that is still running."""
    if state.status in {AftercareStatus.ARMED, AftercareStatus.RESTRICTED}:
        return AftercareStatus.RESTRICTED if state.end_known else AftercareStatus.ARMED
    if state.status is AftercareStatus.ESCALATED or not state.window.active(now):
        return state.status
    return calm_status(state, now)


def _started(state: AftercarePlan, at: datetime) -> AftercareStarted:
    return AftercareStarted(
        at=at,
        aftercare_id=state.id,
        session_id=state.session_id,
        restrictions_until=state.restrictions_until,
        end_known=state.end_known,
        plan=state.plan,
    )
