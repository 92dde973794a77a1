"""What stops a dosing session on its day, before a dose (ruling 17)."""

from services.scheduling.domain.authorisations import prescription_lost
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.holds_in_force import STOP, lifting
from services.scheduling.domain.session import Session
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict


def stopped_by(session: Session, facts: CourseFacts) -> str | None:
    """The category of what stops it: a stop-hold, or the loss of its prescription."""
    for _, told in facts.open_holds("start", "dose"):
        if told.value.severity == STOP:
            return told.value.category
    return "medical" if prescription_lost(facts, session) else None


def nothing_stops(session: Session, facts: CourseFacts) -> Verdict:
    """Nobody is received for a session that would be cancelled in the same moment.

    What can still be resolved, a signature for one, is resolved at the desk first.
    """
    stop_holds = [
        (hold_id, told)
        for hold_id, told in facts.open_holds("start", "dose")
        if told.value.severity == STOP
    ]
    category = stopped_by(session, facts) if session.dosing else None
    unblocks = [lifting(told.value) for _, told in stop_holds]
    return judge(
        "stopped-before-arrival",
        "ruling 17",
        ok=category is None,
        facts={"category": category, "hold_ids": [hold_id for hold_id, _ in stop_holds]},
        sources=[told.event_id for _, told in stop_holds],
        unblocks=unblocks
        or [Unblock(fact="prescription", owner="prescribing", action="prescribe anew")],
    )
