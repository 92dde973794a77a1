"""What a decision about a client is made from: read in one transaction, with the client locked."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.hold import HoldStatus
from services.scheduling.domain.holds_in_force import with_own_holds
from services.scheduling.domain.preparation import Preparation
from services.scheduling.domain.restriction import (
    Window,
    seen_from_another_course,
    windows_of_course,
)
from services.scheduling.domain.session import Session
from services.scheduling.domain.staleness import Recency
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Unblock
from shared.storage import Freshness, NotFound

TRY_AGAIN: Final = Unblock(fact="decision", owner="scheduling", action="look, and try again")
"""Something happened while it was being decided."""


async def known_of(uow: UnitOfWork, course_id: UUID, client_id: UUID) -> CourseFacts:
    """What was told of the course, with scheduling's own open holds beside it."""
    told = await uow.facts.get(course_id, client_id)
    own = await uow.own_holds.list_by(course_id=course_id, status=HoldStatus.OPEN.value)
    return with_own_holds(told, own)


async def registered_course(uow: UnitOfWork, course_id: UUID) -> CourseFacts:
    """The facts of a course that intake opened, with its client locked; else there is none."""
    client_id = await uow.client_of(course_id)
    if client_id is None:
        raise NotFound("course", course_id)
    await uow.lock_client(client_id)
    known = await known_of(uow, course_id, client_id)
    if known.registered is None:
        raise NotFound("course", course_id)
    return known


async def booking_facts(
    uow: UnitOfWork, session: Session, facts: CourseFacts | None = None
) -> BookingFacts:
    """A booking beside everything else that its client has here."""
    return await judged_by(
        uow,
        session,
        everything=await uow.sessions.list_by(client_id=session.client_id),
        facts=facts or await known_of(uow, session.course_id, session.client_id),
        preparation=await uow.preparations.find_by(course_id=session.course_id),
    )


async def judged_by(
    uow: UnitOfWork,
    session: Session,
    *,
    everything: Iterable[Session],
    facts: CourseFacts,
    preparation: Preparation | None,
) -> BookingFacts:
    """The same, from what was read already; the roster is looked up."""
    attendant, room = session.attendant_ref, session.room_id
    others = tuple(other for other in everything if other.id != session.id)
    return BookingFacts(
        session=session,
        others=others,
        facts=facts,
        preparation=preparation,
        protocol=await uow.protocol_of(session.course_id),
        zone=uow.timezone,
        now=uow.now,
        therapist=await uow.clinicians.find(session.therapist_ref),
        room=await uow.rooms.find(room) if room else None,
        attendant=await uow.clinicians.find(attendant) if attendant else None,
        elsewhere=await windows_elsewhere(uow, facts, others),
    )


async def windows_elsewhere(
    uow: UnitOfWork, facts: CourseFacts, sessions: Iterable[Session]
) -> tuple[Window, ...]:
    """What the other courses of a client restrict: a course begins under its own rules."""
    by_course: dict[UUID, list[Session]] = {}
    for session in sessions:
        if session.course_id != facts.id:
            by_course.setdefault(session.course_id, []).append(session)
    windows: list[Window] = []
    for course_id, theirs in by_course.items():
        told = await uow.facts.get(course_id, facts.client_id)
        aftercare = (await uow.protocol_of(course_id)).aftercare
        known = windows_of_course(theirs, told, aftercare, uow.timezone)
        windows.extend(seen_from_another_course(known, uow.now, aftercare, uow.timezone))
    return tuple(windows)


def recency(freshness: Mapping[str, Freshness]) -> dict[str, Recency]:
    """How fresh each producer's events are, as the gates read it."""
    return {
        producer: Recency(age_seconds=known.age_seconds, waiting=known.waiting, parked=known.parked)
        for producer, known in freshness.items()
    }
