"""Registering a client opens their record, their first course and its consent, all at once."""

from dataclasses import dataclass
from datetime import date

from services.intake.domain.client import ChannelConsent, Client, ContactDetails, register
from services.intake.domain.consent import open_consent
from services.intake.domain.course import open_course
from services.intake.handlers.ports import UnitOfWork
from shared.decisions import Change, Unblock, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClient:
    name: str
    date_of_birth: date
    contact: ContactDetails
    channels: ChannelConsent


async def register_client(command: RegisterClient, uow: UnitOfWork) -> Client:
    today = uow.now.astimezone(uow.timezone).date()
    if command.date_of_birth > today:
        refuse(
            "born-in-the-future",
            "6.1",
            Unblock(fact="date_of_birth", owner="intake", action="check the date of birth"),
        )
    client_id, course_id = uow.new_id(), uow.new_id()
    client = await uow.clients.save(
        register(
            client_id=client_id,
            course_id=course_id,
            name=command.name,
            date_of_birth=command.date_of_birth,
            contact=command.contact,
            channels=command.channels,
            now=uow.now,
        )
    )
    protocol = await uow.protocol_of(None)
    course = open_course(course_id=course_id, client_id=client_id, protocol=protocol, now=uow.now)
    await uow.course_protocols.pin(course_id, client_id, course.protocol_version)
    await uow.courses.save(Change(course))
    consent = open_consent(consent_id=uow.new_id(), client_id=client_id, course_id=course_id)
    await uow.consents.save(Change(consent))
    return client
