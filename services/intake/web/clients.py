"""Clients: registration, contact, and the screening that opens the way to a course."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.intake.domain.client import ChannelConsent, Client, ContactDetails, Language
from services.intake.domain.screening import GradedFinding, InstrumentScore, StatedFinding
from services.intake.handlers.change_contact import (
    ChangeContactPreferences,
    CorrectContactDetails,
    change_contact_preferences,
    correct_contact_details,
)
from services.intake.handlers.register_client import RegisterClient, register_client
from services.intake.handlers.submit_screening import (
    ScreenedCourse,
    SubmitScreening,
    submit_screening,
)
from services.intake.persistence.queries import list_clients
from services.intake.web.fields import BirthDate, Body, Email, Line, Phone, Text
from services.intake.web.paging import PAGE, Cursor, Most, cut
from services.intake.web.showing import client_view, course_view
from services.intake.web.views import ClientPage, ClientView, CourseView
from shared.protocol import FindingCode, FindingContext, Grade, Indication, Programme
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


class FindingBody(Body):
    code: FindingCode
    context: FindingContext = FindingContext.BASELINE
    severity: Grade | None = Field(
        default=None, description="Can make the clinic's grade graver, never milder"
    )


class ScoreBody(Body):
    instrument: Line
    score: Annotated[int, Field(ge=0, le=1000)]


class ScreeningBody(Body):
    programme: Programme
    indications: Annotated[tuple[Indication, ...], Field(min_length=1, max_length=len(Indication))]
    findings: Annotated[tuple[FindingBody, ...], Field(max_length=100)] = ()
    prior_treatments: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    scores: Annotated[tuple[ScoreBody, ...], Field(max_length=20)] = ()
    notes: Text | None = None


class FindingView(BaseModel):
    finding_id: UUID
    code: str
    context: str
    grade: str
    crisis: bool


class ScreeningView(CourseView):
    """The course after the form, with what screening has found so far and why it matters."""

    screening_status: str
    review_flags: int
    findings: list[FindingView]


@router.post("", status_code=201, responses=problems(409))
async def register(
    body: RegistrationBody, call: Annotated[Call, Depends(calling("register_client"))]
) -> ClientView:
    """Open a client's record with their first course."""
    command = RegisterClient(
        name=body.name,
        date_of_birth=body.date_of_birth,
        contact=ContactDetails(phone=body.phone, email=body.email, language=body.language),
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
        await uow.detail_audit.told(
            "record", client_id=found.id, actor_role=call.actor.role, actor_ref=call.actor.ref
        )
        return _shown(call)(found)

    return await call.read(read)


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


@router.post("/{client_id}/screening", status_code=201, responses=problems(404, 409, 412))
async def screening(
    client_id: UUID,
    body: ScreeningBody,
    call: Annotated[Call, Depends(calling("submit_screening"))],
) -> ScreeningView:
    """Hand in the intake form, at the start or when history comes up later."""
    command = SubmitScreening(
        client_id=client_id,
        programme=body.programme,
        indications=body.indications,
        findings=tuple(
            StatedFinding(code=one.code, context=one.context, severity=one.severity)
            for one in body.findings
        ),
        prior_treatments=body.prior_treatments,
        scores=tuple(
            InstrumentScore(instrument=one.instrument, score=one.score) for one in body.scores
        ),
        notes=body.notes,
    )

    def answer(screened: ScreenedCourse) -> ScreeningView:
        return ScreeningView(
            **course_view(screened.course, call.context.now).model_dump(),
            screening_status=screened.screening.status,
            review_flags=screened.screening.review_flags,
            findings=[_finding(one) for one in screened.screening.findings],
        )

    return await call.run_gate(submit_screening, command, answer)


def _finding(finding: GradedFinding) -> FindingView:
    return FindingView(
        finding_id=finding.finding_id,
        code=finding.code,
        context=finding.context,
        grade=finding.grade,
        crisis=finding.crisis,
    )


def _shown(call: Call) -> Callable[[Client], ClientView]:
    today = call.context.now.astimezone(call.service.settings.zone).date()

    def show(client: Client) -> ClientView:
        return client_view(client, today)

    return show
