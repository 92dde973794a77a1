"""What belongs to going home besides the gate: shown, and a task when open; never in the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.gate_discharge import doses_known, escort_here
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind


class ChecklistItem(StrEnum):
    THERAPY_ENDED = "therapy_ended"
    CLEARANCE_VALID = "clearance_valid"
    ESCORT_HERE = "escort_here"
    CLIENT_INSTRUCTED = "client_instructed"
    ESCORT_INSTRUCTED = "escort_instructed"
    INTEGRATION_ARRANGED = "integration_arranged"
    SAFETY_PLAN_CONFIRMED = "safety_plan_confirmed"


FLOORS = frozenset(
    {ChecklistItem.THERAPY_ENDED, ChecklistItem.CLEARANCE_VALID, ChecklistItem.ESCORT_HERE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    item: ChecklistItem
    done: bool
    waits_for: str | None
    floor: bool


def discharge_checklist(
    session: Session, others: tuple[Session, ...], facts: CourseFacts, now: datetime
) -> tuple[ChecklistLine, ...]:
    """Every item of 6.4, with what an open one waits for."""
    return tuple(_lines(session, others, facts, now))


def open_items(lines: tuple[ChecklistLine, ...]) -> tuple[str, ...]:
    """What is left to do after the client has gone."""
    return tuple(line.item.value for line in lines if not line.done and not line.floor)


def _lines(
    session: Session, others: tuple[Session, ...], facts: CourseFacts, now: datetime
) -> Iterator[ChecklistLine]:
    known = facts.of_session(str(session.id))
    cleared = known.clearance(now, doses_known(session, facts)) is not None
    manual = session.manual_clearance is not None and session.manual_clearance.valid(now)
    yield _line(ChecklistItem.THERAPY_ENDED, session.end is not None, "the therapist")
    yield _line(ChecklistItem.CLEARANCE_VALID, cleared or manual, "prescribing")
    yield _line(ChecklistItem.ESCORT_HERE, escort_here(session) is not None, "the escort")
    for recipient, item in (
        ("client", ChecklistItem.CLIENT_INSTRUCTED),
        ("escort", ChecklistItem.ESCORT_INSTRUCTED),
    ):
        yield _line(item, recipient in known.instructed, "the front desk")
    arranged = session.integration_declined_at is not None or any(
        other.kind is SessionKind.INTEGRATION and not other.over and other.starts_at > now
        for other in others
    )
    yield _line(ChecklistItem.INTEGRATION_ARRANGED, arranged, "the therapist")
    if any(a.enhanced for a in facts.aftercare.values() if a.session_id == str(session.id)):
        confirmed = session.safety_plan_at is not None
        yield _line(ChecklistItem.SAFETY_PLAN_CONFIRMED, confirmed, "the therapist")


def _line(item: ChecklistItem, done: bool, owner: str) -> ChecklistLine:
    return ChecklistLine(
        item=item, done=done, waits_for=None if done else owner, floor=item in FLOORS
    )
