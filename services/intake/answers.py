"""What intake answers when it is asked: its own committed facts, and details to named people."""

from typing import Final

from careteam_contracts.details import Contact, DetailAsk, Identity
from careteam_contracts.enums import (
    ConsentScope,
    CourseStatus,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
)
from careteam_contracts.questions import CONTACT, IDENTITY, INTAKE_STANDING
from careteam_contracts.standing import (
    ApprovalStanding,
    ConsentStanding,
    IntakeStanding,
    OpenHold,
    StandingAsk,
)
from services.intake.domain.client import Client
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import dosed_count
from services.intake.domain.gates import CourseInFull
from services.intake.domain.hold import Hold
from services.intake.domain.question import QuestionStatus
from services.intake.handlers.course_in_full import course_in_full
from services.intake.handlers.ports import UnitOfWork
from shared.messaging import AnswerTable
from shared.protocol import ConsentScope as Scope


async def standing(ask: StandingAsk, uow: UnitOfWork) -> IntakeStanding:
    """Approval, consent and the course as they are committed, with the open holds of intake."""
    course = await uow.courses.find(ask.course_id)
    if course is None:
        return IntakeStanding(
            known=False,
            unverifiable=False,
            answered_at=uow.now,
            protocol_version=(await uow.pin_of(None)).version,
        )
    known = await course_in_full(uow, course)
    freshness = await uow.freshness(course.client_id)
    pin = await uow.pin_of(course.id)
    return IntakeStanding(
        known=True,
        unverifiable=any(one.parked for one in freshness.values()),
        answered_at=uow.now,
        protocol_version=pin.version,
        protocol_digest=pin.digest,
        open_holds=tuple(_open_hold(hold) for hold in known.own_holds),
        client_id=course.client_id,
        course_status=_status(known, uow),
        approval=_approval(course, uow),
        consents=_consents(known.consent, uow),
        therapist_ref=course.care_team.therapist_ref,
        prescriber_ref=course.care_team.prescriber_ref,
        dosed_count=dosed_count(known.facts),
        covers_until_session_no=course.covers_until_session_no,
        open_questions=len(
            await uow.questions.list_by(course_id=course.id, status=QuestionStatus.OPEN.value)
        ),
    )


async def identity(ask: DetailAsk, uow: UnitOfWork) -> Identity:
    """Who the client is, to a person whose question is kept."""
    client = await _told(ask, uow, "identity")
    if client is None:
        return Identity(known=False)
    return Identity(
        known=True,
        name=client.name,
        date_of_birth=client.date_of_birth,
        timezone=client.contact.timezone,
    )


async def contact(ask: DetailAsk, uow: UnitOfWork) -> Contact:
    """How the client may be reached at this moment."""
    client = await _told(ask, uow, "contact")
    if client is None:
        return Contact(known=False)
    return Contact(
        known=True,
        name=client.name,
        phone=client.contact.phone,
        email=client.contact.email,
        language=client.contact.language.value,
        sms_allowed=client.channels.sms,
        email_allowed=client.channels.email,
        voice_allowed=client.channels.voice,
    )


ANSWERS: Final[AnswerTable] = {
    INTAKE_STANDING: standing,
    IDENTITY: identity,
    CONTACT: contact,
}


async def _told(ask: DetailAsk, uow: UnitOfWork, detail: str) -> Client | None:
    """The client, with a row in the audit: without that row there is no answer."""
    client = await uow.clients.find(ask.client_id)
    if client is not None:
        uow.told(detail, client_id=client.id, role=ask.actor_role.value, ref=ask.actor_ref)
    return client


def _status(known: CourseInFull, uow: UnitOfWork) -> CourseStatus:
    if known.course.closing is not None:
        return CourseStatus.CLOSING
    if known.course.changing_protocol is not None:
        return CourseStatus.CHANGING_PROTOCOL
    return CourseStatus(known.status(uow.now))


def _approval(course: TreatmentCourse, uow: UnitOfWork) -> ApprovalStanding | None:
    """The newest current approval, or else the newest of all: then it is not active."""
    current = course.current_approval(uow.now)
    newest = current or course.approval
    if newest is None:
        return None
    return ApprovalStanding(
        approval_id=newest.approval_id,
        active=current is not None and course.closing is None and not course.terminal,
        valid_until=newest.valid_until,
    )


def _consents(consent: Consent, uow: UnitOfWork) -> tuple[ConsentStanding, ...]:
    found = []
    for scope in Scope:
        signature = consent.speaking(scope, uow.now)
        if signature is not None:
            found.append(
                ConsentStanding(
                    scope=ConsentScope(scope),
                    consent_id=signature.consent_id,
                    active=consent.active(scope, uow.now),
                    valid_until=signature.valid_until,
                )
            )
    return tuple(found)


def _open_hold(hold: Hold) -> OpenHold:
    return OpenHold(
        hold_id=hold.id,
        hold_category=HoldCategory(hold.category),
        blocks=tuple(HoldBlock(block) for block in hold.blocks),
        severity=HoldSeverity(hold.severity),
        placed_at=hold.placed_at,
        session_id=hold.session_id,
    )
