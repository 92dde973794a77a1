"""A session's deadlines, derived from its state: set with it and taken back with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from services.scheduling.domain.escorting import escort_due_at
from services.scheduling.domain.following import clearance_lapses_at
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.ports import UnitOfWork

DECISION_LAPSES: Final = "decision_lapses"
CLEARANCE_LAPSES: Final = "clearance_lapses"
ESCORT_OVERDUE: Final = "escort_overdue"
OVERRUN: Final = "overrun"
LOOK_AGAIN: Final = "look_again"
"""No deadline: something that bookings rest on changed, and each client's are looked at again."""
DECISION_SECONDS: Final = timedelta(seconds=60)


async def set_deadlines(uow: UnitOfWork, before: Session | None, session: Session) -> None:
    """Announce what the new state must not outlive, and forget what the old one did."""
    facts = await uow.facts.get(session.course_id, session.client_id)
    cleared_until = clearance_lapses_at(session, facts, uow.now)
    protocol = await uow.protocol_of(session.course_id)
    patience = timedelta(minutes=protocol.escort.replacement_minutes)
    wanted = dict(_deadlines(uow, session, cleared_until, patience))
    earlier = dict(_deadlines(uow, before, cleared_until, patience)) if before else {}
    for kind, due_at in wanted.items():
        await uow.timers.set(kind, session.id, due_at, client_id=session.client_id)
    for kind in earlier.keys() - wanted.keys():
        await uow.timers.cancel(kind, session.id)


def _deadlines(
    uow: UnitOfWork, session: Session, cleared_until: datetime | None, patience: timedelta
) -> Iterator[tuple[str, datetime]]:
    deciding = session.status in {SessionStatus.READY, SessionStatus.DISCHARGING}
    if deciding and session.passages:
        yield DECISION_LAPSES, session.passages[-1].at + DECISION_SECONDS
    clearable = session.status in {SessionStatus.CLEARABLE, SessionStatus.DISCHARGING}
    if clearable and cleared_until is not None:
        yield CLEARANCE_LAPSES, cleared_until
    escort_due = escort_due_at(session, patience, uow.timezone)
    if escort_due is not None:
        yield ESCORT_OVERDUE, escort_due
    if session.client_is_here and not session.overrun_at(uow.now):
        yield OVERRUN, session.planned_end_at
