"""Whenever a deadline of a session passes. Each looks at the state before it acts."""

from datetime import timedelta
from typing import Final

from services.scheduling.domain.booking import cancel
from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.escorting import escort_due_at
from services.scheduling.domain.following import clearance_lapses_at
from services.scheduling.domain.leaving import return_to_clearable
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.starting import lower_ready
from services.scheduling.domain.therapy import abort
from services.scheduling.handlers.deadlines import CLEARANCE_LAPSES, DECISION_SECONDS
from services.scheduling.handlers.keeping import follow_client, keep
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import open_task
from shared.storage.ports import Due

LOGISTICS: Final = "logistics"


async def when_decision_lapses(due: Due, uow: UnitOfWork) -> None:
    """A start or a discharge that nobody finished deciding is taken back after 60 s (ruling 7)."""
    session = await uow.sessions.find(due.key)
    if session is None or session.gate_id is None:
        return
    if uow.now < session.passages[-1].at + DECISION_SECONDS:
        return
    step = lower_ready if session.status is SessionStatus.READY else return_to_clearable
    await keep(uow, step(session, gate_id=session.gate_id, at=uow.now, by=Role.SYSTEM))


async def when_clearance_lapses(due: Due, uow: UnitOfWork) -> None:
    """A clearance ran out: back to recovering, unless a newer one stands (INV-23)."""
    await follow_client(uow, due.client_id)
    session = await uow.sessions.find(due.key)
    if session is None or session.status is not SessionStatus.CLEARABLE:
        return
    facts = await uow.facts.get(session.course_id, session.client_id)
    lapses_at = clearance_lapses_at(session, facts, uow.now)
    if lapses_at is not None:
        await uow.timers.set(CLEARANCE_LAPSES, session.id, lapses_at, client_id=session.client_id)


async def when_escort_overdue(due: Due, uow: UnitOfWork) -> None:
    """Nobody else was promised: no dose today. Before the start the booking is cancelled for
    logistics, in the opening the session is aborted (ruling 17)."""
    session = await uow.sessions.find(due.key)
    if session is None:
        return
    protocol = await uow.protocol_of(session.course_id)
    patience = timedelta(minutes=protocol.escort.replacement_minutes)
    due_at = escort_due_at(session, patience, uow.timezone)
    if due_at is None or uow.now < due_at:
        return
    if session.before_start:
        await keep(uow, cancel(session, at=uow.now, by=Role.SYSTEM, because=LOGISTICS))
    else:
        await keep(uow, abort(session, at=uow.now, by=Role.SYSTEM))


async def when_session_overruns(due: Due, uow: UnitOfWork) -> None:
    """The client is still here at the planned end. People are told, with who waits for the room or
    the clinician next; the session goes on (6.3)."""
    session = await uow.sessions.find(due.key)
    if session is None or not session.overrun_at(uow.now):
        return
    following = await uow.resources.next_promised(session)
    await open_task(
        uow,
        TaskKind.SESSION_OVERRUNS,
        cause=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        details=tuple(sorted(f"{clash.resource}:{clash.session_id}" for clash in following)),
    )


async def when_bookings_rest_on_something_new(due: Due, uow: UnitOfWork) -> None:
    """A clinician's credentials, hours or absences changed: guards are conditions (ruling 20)."""
    await follow_client(uow, due.client_id)
