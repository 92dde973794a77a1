"""Clients: registration, contact, and the screening that opens the way to a course."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.intake.domain.client import ChannelConsent, Client, ContactDetails, Language
from services.intake.domain.course import TreatmentCourse
from services.intake.handlers.change_contact import (
    ChangeContactPreferences,
    CorrectContactDetails,
    change_contact_preferences,
    correct_contact_details,
)
from services.intake.handlers.open_another_course import (
    OpenAnotherCourse,
    open_another_course,
)
from services.intake.handlers.register_client import RegisterClient, register_client
from services.intake.persistence.queries import list_clients
from services.intake.web.fields import BirthDate, Body, Email, Line, Phone, ZoneName
from services.intake.web.paging import PAGE, Cursor, Most, cut
from services.intake.web.showing import client_view, course_view
from services.intake.web.views import ClientPage, ClientView, CourseView
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/clients", tags=["clients"])


class ChannelsBody(Body):
    """What the client opted into; nothing unless they say so."""

    sms: bool = False
    email: bool = False
    voice: bool = False


class RegistrationBody(Body):
    name: Line
    date_of_birth: BirthDate
    phone: Phone | None = None
    email: Email | None = None
    language: Language = Language.ENGLISH
    timezone: ZoneName | None = None
    channel_consent: ChannelsBody = ChannelsBody()


class ContactPreferencesBody(Body):
    """A channel that is left out stays as it was."""

    sms: bool | None = None
    email: bool | None = None
    voice: bool | None = None


class ContactDetailsBody(Body):
    """A detail that is left out stays; an empty text takes it away."""

    phone: Phone | Annotated[str, Field(max_length=0)] | None = None
    email: Email | Annotated[str, Field(max_length=0)] | None = None
    language: Language | None = None
    timezone: ZoneName | Annotated[str, Field(max_length=0)] | None = None


@router.post("", status_code=201, responses=problems(409))
async def register(
    body: RegistrationBody, call: Annotated[Call, Depends(calling("register_client"))]
) -> ClientView:
    """Open a client's record with their first course."""
    command = RegisterClient(
        name=body.name,
        date_of_birth=body.date_of_birth,
        contact=ContactDetails(
            phone=body.phone, email=body.email, language=body.language, timezone=body.timezone
        ),
        channels=ChannelConsent(**body.channel_consent.model_dump()),
    )
    return await call.run(register_client, command, _shown(call))


@router.get("", responses=problems())
async def clients(
    call: Annotated[Call, Depends(calling("read_client"))],
    name: Annotated[Line | None, Query(description="A part of the name")] = None,
    cursor: Cursor = None,
    most: Most = PAGE,
) -> ClientPage:
    """Clients in the order of their registration."""

    async def read(uow: Any) -> ClientPage:
        found = await list_clients(uow, name=name, after=cursor, most=most)
        shown, following = cut(found, most)
        return ClientPage(items=[_shown(call)(one) for one in shown], next_cursor=following)

    return await call.read(read)


@router.get("/{client_id}", responses=problems(404))
async def client(
    client_id: UUID, call: Annotated[Call, Depends(calling("read_client"))]
) -> ClientView:
    """One client's record; reading it is kept in the audit."""

    async def read(uow: Any) -> ClientView:
        found = await uow.clients.get(client_id)
        return _shown(call)(found)

    return await call.read(read)


@router.post("/{client_id}/courses", status_code=201, responses=problems(404, 409, 412))
async def another_course(
    client_id: UUID, call: Annotated[Call, Depends(calling("register_client"))]
) -> CourseView:
    """A client whose course is over comes back and begins another one."""

    def shown(course: TreatmentCourse) -> CourseView:
        return course_view(course, call.context.now)

    return await call.run(open_another_course, OpenAnotherCourse(client_id=client_id), shown)


@router.post("/{client_id}/contact-preferences", responses=problems(404, 409, 412))
async def contact_preferences(
    client_id: UUID,
    body: ContactPreferencesBody,
    call: Annotated[Call, Depends(calling("change_contact"))],
) -> ClientView:
    """Allow or withdraw channels; the others stop or begin at once."""
    command = ChangeContactPreferences(client_id=client_id, **body.model_dump())
    return await call.run(change_contact_preferences, command, _shown(call))


@router.post("/{client_id}/contact-details", responses=problems(404, 409, 412))
async def contact_details(
    client_id: UUID,
    body: ContactDetailsBody,
    call: Annotated[Call, Depends(calling("change_contact"))],
) -> ClientView:
    """Record where the client is reached now."""
    command = CorrectContactDetails(client_id=client_id, **body.model_dump())
    return await call.run(correct_contact_details, command, _shown(call))


def _shown(call: Call) -> Callable[[Client], ClientView]:
    today = call.context.now.astimezone(call.service.settings.zone).date()

    def show(client: Client) -> ClientView:
        return client_view(client, today)

    return show
