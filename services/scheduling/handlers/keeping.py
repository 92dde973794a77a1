"""Keeping a session: its state, and everything that has to move with it.

Room, therapist and client follow the state; deadlines follow it; an incident that it notes is
recorded; and whatever else of the client depends on it is looked at again (ruling 20).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.scheduling.domain.booking_conditions import decide_standing_booking
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.events import IncidentCode
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.incident import record_incident
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.resources import needed
from services.scheduling.domain.session import Incident, Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.considering import judged_by, known_of
from services.scheduling.handlers.deadlines import set_deadlines
from services.scheduling.handlers.ports import UnitOfWork
from services.scheduling.handlers.tasks import ask_for_summary, open_task, settle_tasks
from shared.decisions import Change, Decision

_ROUNDS: Final = 6
_PROMISED: Final = frozenset({SessionStatus.SCHEDULED, SessionStatus.BLOCKED})


async def keep(uow: UnitOfWork, change: SessionChange) -> Session:
    """Save a session that a command changed, then let the client's sessions follow."""
    kept = await _store(uow, change)
    await follow_client(uow, kept.client_id)
    return await uow.sessions.get(kept.id)


async def follow_client(uow: UnitOfWork, client_id: UUID) -> None:
    """Make every transition that is due by what is known now, in all of the client's sessions.

    One session's step may be another's condition, so it goes on until nothing moves.
    """
    for _ in range(_ROUNDS):
        sessions = await uow.sessions.list_by(client_id=client_id)
        moved = False
        for course_id in sorted({session.course_id for session in sessions}):
            facts = await known_of(uow, course_id, client_id)
            preparation = await uow.preparations.find_by(course_id=course_id)
            for session in sessions:
                if session.course_id != course_id:
                    continue
                promise = await _promise(uow, session, sessions, facts, preparation)
                booking = None if promise is None else decide_standing_booking(promise)
                change = follow(session, await _known(uow, session, facts, booking))
                if change.state != session:
                    if promise and booking and _decided(session, change.state):
                        await _receipt(uow, booking, promise)
                    await _store(uow, change)
                    moved = True
        if not moved:
            return


async def _promise(
    uow: UnitOfWork,
    session: Session,
    sessions: Sequence[Session],
    facts: CourseFacts,
    preparation: Preparation | None,
) -> BookingFacts | None:
    """What a booking is kept by, while it is still only a promise."""
    if session.status not in _PROMISED:
        return None
    return await judged_by(uow, session, everything=sessions, facts=facts, preparation=preparation)


def _decided(before: Session, after: Session) -> bool:
    """Whether a booking is kept, or stands by, otherwise than before."""
    decided = (after.status, after.blocked_by) != (before.status, before.blocked_by)
    return decided and after.status in _PROMISED


async def _receipt(uow: UnitOfWork, booking: Decision, promise: BookingFacts) -> None:
    session = promise.session
    await uow.receipts.record(
        booking,
        promise,
        subject_id=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        freshness=await uow.freshness(session.client_id),
    )


async def _known(
    uow: UnitOfWork, session: Session, facts: CourseFacts, booking: Decision | None
) -> Known:
    protocol = await uow.protocol_of(session.course_id)
    return Known(facts=facts, booking=booking, recovery=protocol.recovery, now=uow.now)


async def _store(uow: UnitOfWork, change: SessionChange) -> Session:
    before = await uow.sessions.find(change.state.id)
    session, noted = _with_incident_ids(uow, change.state)
    named: SessionChange = Change(session, change.events)
    await uow.sessions.save(named)
    for incident in noted:
        await _record(uow, session, incident)
    if before is None or _moved(before, session):
        clashes = await uow.resources.follow(session)
        if clashes and not _has(session, IncidentCode.REOPENED_WITH_CLASH):
            clashing = session.with_incident(IncidentCode.REOPENED_WITH_CLASH, uow.now)
            session = await _store(uow, Change(clashing))
    await set_deadlines(uow, before, session)
    await settle_tasks(uow, before, session)
    await ask_for_summary(uow, before, session)
    return session


def _moved(before: Session, after: Session) -> bool:
    """Whether the rooms' and people's book has to be written anew."""
    return (before.status, before.starts_at, before.reserved_until, needed(before)) != (
        after.status,
        after.starts_at,
        after.reserved_until,
        needed(after),
    )


def _has(session: Session, code: IncidentCode) -> bool:
    return any(incident.code is code for incident in session.incidents)


def _with_incident_ids(uow: UnitOfWork, session: Session) -> tuple[Session, list[Incident]]:
    named = [i if i.id is not None else replace(i, id=uow.new_id()) for i in session.incidents]
    new = [n for n, known in zip(named, session.incidents, strict=True) if known.id is None]
    return replace(session, incidents=tuple(named)) if new else session, new


async def _record(uow: UnitOfWork, session: Session, incident: Incident) -> None:
    incident_id = incident.id or uow.new_id()
    await uow.incidents.save(
        record_incident(
            incident_id,
            client_id=session.client_id,
            course_id=session.course_id,
            session_id=session.id,
            code=incident.code,
            at=incident.at,
        )
    )
    await open_task(
        uow,
        TaskKind.LOOK_INTO_INCIDENT,
        cause=incident_id,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        details=(incident.code.value,),
    )
