"""Who is in which room, and what has to be looked at next (F87, 6.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import UNDER_OBSERVATION, SessionStatus
from shared.protocol import Recovery


class Look(StrEnum):
    """What is due next for a client with medicine on board."""

    CHECKPOINT = "checkpoint"
    EARLIEST_CLEARANCE = "earliest_clearance"
    CLEARANCE_ENDS = "clearance_ends"
    ORDER_CLOSES = "order_closes"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLook:
    what: Look
    due_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Only a checkpoint is owed: nobody has to clear a client at the first moment one may."""
        return self.what is Look.CHECKPOINT and self.due_at is not None and self.due_at <= now


def next_look(
    session: Session, facts: CourseFacts, recovery: Recovery, now: datetime
) -> NextLook | None:
    """The first of the checkpoints that nobody recorded, then the clearance, then its end.

    Without a dose there is nothing to observe; an aborted session waits for its order.
    """
    last_dose = session.doses.last_at
    if session.status is SessionStatus.ABORTED or (
        session.status in UNDER_OBSERVATION and last_dose is None
    ):
        return NextLook(what=Look.ORDER_CLOSES, due_at=None)
    if last_dose is None or not session.client_is_here:
        return None
    known = facts.of_session(str(session.id))
    cleared = known.clearance(now, session.doses.count)
    if cleared is not None:
        return NextLook(what=Look.CLEARANCE_ENDS, due_at=cleared[1].value.valid_until)
    looked = sum(1 for check in known.recovery_checks.values() if check.occurred_at >= last_dose)
    due = sorted(recovery.checkpoints_minutes)[looked:]
    if due:
        return NextLook(what=Look.CHECKPOINT, due_at=last_dose + timedelta(minutes=due[0]))
    earliest = last_dose + timedelta(minutes=recovery.min_observation_minutes)
    return NextLook(what=Look.EARLIEST_CLEARANCE, due_at=earliest)


def responsible(session: Session) -> str:
    """Who answers for the client now: the therapist, and the supervisor once therapy is over."""
    over = session.end is not None and session.supervisor_ref is not None
    return str(session.supervisor_ref if over else session.therapist_ref)
