"""When aftercare may close: restriction over, check-ins closed, nothing escalated (6.4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.check_in import CheckIn, CheckInStatus
from services.notifications.domain.escalation import Escalation
from shared.decisions import Decision, Unblock, Verdict, holds, violated

GATE: Final = "aftercare-close"


def closing_decision(
    plan: AftercarePlan,
    check_ins: Sequence[CheckIn],
    escalations: Sequence[Escalation],
    *,
    now: datetime,
) -> Decision:
    """Every rule with its verdict, so that what keeps an aftercare open can be shown."""
    return Decision.of(
        GATE,
        (
            _end_known(plan),
            _restriction_over(plan, now),
            _check_ins_closed(check_ins),
            _nothing_escalated(plan, escalations),
        ),
    )


def _end_known(plan: AftercarePlan) -> Verdict:
    if plan.end_known:
        return holds("session-end-known", "ruling 21", end_known=True)
    return violated(
        "session-end-known",
        "ruling 21",
        end_known=False,
        unblocks_with=(Unblock(fact="SessionCompleted", owner="scheduling", action="end_session"),),
    )


def _restriction_over(plan: AftercarePlan, now: datetime) -> Verdict:
    until = plan.restrictions_until.isoformat()
    if not plan.window.active(now):
        return holds("restriction-over", "F90", restrictions_until=until)
    return violated(
        "restriction-over",
        "F90",
        restrictions_until=until,
        unblocks_with=(Unblock(fact="time", owner="notifications", action="wait"),),
    )


def _check_ins_closed(check_ins: Sequence[CheckIn]) -> Verdict:
    pending = [c for c in check_ins if c.status is not CheckInStatus.CLOSED]
    facts = {"planned": len(check_ins), "open": len(pending)}
    if check_ins and not pending:
        return holds("check-ins-closed", "F99", **facts)
    return violated(
        "check-ins-closed",
        "F99",
        unblocks_with=tuple(
            Unblock(fact=f"check-in after {c.hours} h", owner="nurse", action="complete_check_in")
            for c in pending
        ),
        **facts,
    )


def _nothing_escalated(plan: AftercarePlan, escalations: Sequence[Escalation]) -> Verdict:
    pending = [e for e in escalations if e.is_open]
    if not pending and plan.status is not AftercareStatus.ESCALATED:
        return holds("nothing-escalated", "6.4", open=0)
    return violated(
        "nothing-escalated",
        "6.4",
        unblocks_with=(Unblock(fact="resolution", owner="therapist", action="resolve_escalation"),),
        open=len(pending),
    )
