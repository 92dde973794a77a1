"""What has to come before: a consultation where the clinic says so, preparation before a dose."""

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict


def consultation_planned(f: BookingFacts) -> Verdict:
    """F15: at a clinic that begins with a consultation, it is held, or booked, before the rest."""
    first = f.protocol.talk_sessions.consultation_first
    planned = any(
        other.kind is SessionKind.CONSULTATION
        and (
            other.status is SessionStatus.COMPLETED
            or (not other.over and other.planned_end_at <= f.session.starts_at)
        )
        for other in f.others
    )
    return judge(
        "consultation-not-planned",
        "F15",
        ok=planned or not first,
        facts={"consultation_first": first, "planned": planned},
        unblocks=(Unblock(fact="consultation", owner="scheduling", action="book one before it"),),
    )


def preparation_planned(f: BookingFacts) -> Verdict:
    """F52: held, or booked to be held, before the first dose."""
    done = f.preparation is not None and f.preparation.completed_at is not None
    held = len(f.preparation.sessions) if f.preparation else 0
    booked = sum(1 for s in f.others if prep_to_come(s, f.session))
    needed = max(f.protocol.prep.min_sessions, f.protocol.prep.floor_min)
    return judge(
        "preparation-not-planned",
        "F52",
        ok=done or held + booked >= needed,
        facts={"held": held, "booked": booked, "needed": needed, "completed": done},
        unblocks=(
            Unblock(fact="prep sessions", owner="scheduling", action="book preparation before it"),
        ),
    )


def prep_to_come(session: Session, dosing: Session) -> bool:
    """Whether a preparation session of the same course is booked to end before the dosing."""
    return (
        session.kind is SessionKind.PREP
        and session.course_id == dosing.course_id
        and not session.over
        and session.planned_end_at <= dosing.starts_at
    )
