"""A client whose course is over comes back: nothing stands in the way but what still acts (F39)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.client import begin_another_course
from services.intake.domain.consent import open_consent
from services.intake.domain.course import TreatmentCourse, open_course
from services.intake.handlers.medicine_on_board import medicine_on_board
from services.intake.handlers.ports import UnitOfWork
from shared.decisions import Change, Unblock, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnotherCourse:
    client_id: UUID


async def open_another_course(command: OpenAnotherCourse, uow: UnitOfWork) -> TreatmentCourse:
    """Under the clinic's rules of today; screening, consent and approval begin anew.

    Refused while the last course goes on, and while medicine of it may still act: until then
    nothing is agreed to, in no course (ruling 14).
    """
    client = await uow.clients.get(command.client_id)
    last = await uow.courses.get(client.course_id)
    if not last.terminal:
        refuse(
            "course-goes-on",
            "6.1",
            Unblock(fact="CourseClosed", owner="intake", action="close the course first"),
            status=last.status.value,
        )
    acting = await medicine_on_board(uow, client.id)
    if acting:
        refuse(
            "medicine-on-board",
            "ruling 14",
            Unblock(
                fact="RestrictionsExtended", owner="notifications", action="wait until it ends"
            ),
            sessions=tuple(acting),
        )
    course_id, protocol = uow.new_id(), await uow.protocol_of(None)
    await uow.clients.save(begin_another_course(client, course_id=course_id, now=uow.now))
    course = open_course(course_id=course_id, client_id=client.id, protocol=protocol, now=uow.now)
    await uow.course_protocols.pin(course_id, client.id, course.protocol_version)
    await uow.consents.save(
        Change(open_consent(consent_id=uow.new_id(), client_id=client.id, course_id=course_id))
    )
    return await uow.courses.save(Change(course))
