"""How a course stands with notifications: its restrictions, and what is still open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.facts import CourseFacts
from services.notifications.domain.restriction import restriction_window
from services.notifications.domain.session_reading import (
    dose_times,
    ended_at,
    restriction_sources,
    sign_times,
    was_dosed,
)
from shared.decisions import Decision, Unblock, Verdict, holds, violated

GATE: Final = "restriction"


def lags_behind(facts: CourseFacts, plans: Sequence[AftercarePlan], zone: ZoneInfo) -> bool:
    """Whether something urgent was heard whose aftercare has not followed yet.

    Until it has, nobody can say that there is no restriction (headline 2).
    """
    by_session = {plan.session_id: plan for plan in plans}
    for session in facts.sessions.values():
        if not was_dosed(session):
            continue
        plan = by_session.get(session.id)
        if plan is None:
            return True
        window = restriction_window(
            doses=dose_times(session),
            signs=sign_times(session),
            ended_at=ended_at(session),
            rule=plan.rule,
            zone=zone,
        )
        if window is not None and (
            window.end_known > plan.end_known
            or (window.end_known and window.until > plan.restrictions_until)
        ):
            return True
    return False


def restriction_decision(
    facts: CourseFacts, plans: Sequence[AftercarePlan], now: datetime
) -> Decision:
    """Whether no restriction is in force now: one verdict for each of these aftercares."""
    if not plans:
        return Decision.of(GATE, (holds("no-restriction", "F90", aftercare=0),))
    return Decision.of(GATE, (_verdict(facts, plan, now) for plan in plans))


def _verdict(facts: CourseFacts, plan: AftercarePlan, now: datetime) -> Verdict:
    sources = restriction_sources(facts.session(plan.session_id))
    told: dict[str, Any] = {
        "session_id": str(plan.session_id),
        "restrictions_until": plan.restrictions_until.isoformat(),
        "end_known": plan.end_known,
    }
    if not plan.window.active(now):
        return holds("no-restriction", "F90", *sources, **told)
    missing = (
        Unblock(fact="time", owner="notifications", action="wait")
        if plan.end_known
        else Unblock(fact="SessionCompleted", owner="scheduling", action="end_session")
    )
    return violated("no-restriction", "F90", *sources, unblocks_with=(missing,), **told)
