"""Taking consent back: one step, no reason, never refused (F39, F41, C-10)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.close_course import close_by_cause
from services.intake.domain.closing import ClosingCause
from services.intake.domain.consent import Consent, WithdrawalChannel
from services.intake.domain.consent_signing import withdraw
from services.intake.domain.events import ConsentWithdrawn
from services.intake.domain.hold import HoldCause
from services.intake.domain.vocabulary import CourseOutcome
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.placing_holds import place_once
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from services.intake.handlers.settle_closing import flag_raised, settle_closing
from shared.protocol import ConsentScope, HoldCategory
from shared.storage import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent:
    """Without scopes everything of that signature. ``pauses``: the client means to come back."""

    consent_id: UUID
    scopes: tuple[ConsentScope, ...] | None = None
    withdrawn_at: datetime | None = None
    channel: WithdrawalChannel = WithdrawalChannel.IN_PERSON
    pauses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawScopes:
    """Whoever hears it needs no signature's id. Without scopes it is everything of the course."""

    course_id: UUID
    scopes: tuple[ConsentScope, ...] = tuple(ConsentScope)
    withdrawn_at: datetime | None = None
    channel: WithdrawalChannel = WithdrawalChannel.IN_PERSON
    pauses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnConsent:
    consent: Consent
    consent_id: UUID


async def withdraw_consent(
    command: WithdrawConsent, begin: Begin, peers: Peers
) -> WithdrawnConsent:
    async with begin() as uow:
        consent = await uow.consents.with_signature(command.consent_id)
        signature = consent.with_id(command.consent_id)
        if signature is None:
            raise NotFound("consent", command.consent_id)
        scopes = signature.scopes if command.scopes is None else command.scopes
        consent, lost = await _withdraw(uow, consent, scopes, command)
        withdrawn = WithdrawnConsent(consent=consent, consent_id=command.consent_id)
        await uow.conclude(withdrawn)
    if ConsentScope.TREATMENT in lost:
        await settle_closing(consent.course_id, begin, peers)
    return withdrawn


async def withdraw_scopes(command: WithdrawScopes, begin: Begin, peers: Peers) -> Consent:
    """Taken back by course and scope, in one step, through whatever channel it was said."""
    async with begin() as uow:
        consent = await consent_of(uow, command.course_id)
        consent, lost = await _withdraw(uow, consent, command.scopes, command)
        await uow.conclude(consent)
    if ConsentScope.TREATMENT in lost:
        await settle_closing(consent.course_id, begin, peers)
    return consent


async def _withdraw(
    uow: UnitOfWork,
    consent: Consent,
    scopes: tuple[ConsentScope, ...],
    command: WithdrawConsent | WithdrawScopes,
) -> tuple[Consent, set[ConsentScope]]:
    """The consent without these scopes, and which of them had still stood."""
    change = withdraw(
        consent,
        scopes=scopes,
        stated_at=command.withdrawn_at,
        channel=command.channel,
        now=uow.now,
    )
    lost = {
        scope
        for event in change.events
        if isinstance(event, ConsentWithdrawn)
        for scope in event.scopes
    }
    consent = await uow.consents.save(change)
    await _follow(uow, consent, lost, pauses=command.pauses)
    return consent, lost


async def _follow(
    uow: UnitOfWork, consent: Consent, lost: set[ConsentScope], *, pauses: bool
) -> None:
    """Hold what needs this consent; without treatment consent the course ends or rests."""
    course = await uow.courses.get(consent.course_id)
    protocol = await uow.protocol_of(course.id)
    if lost & set(protocol.consent.required_scopes):
        await place_once(
            uow,
            course,
            category=HoldCategory.CONSENT,
            cause=HoldCause.CONSENT,
            cause_ref=str(consent.id),
        )
    if ConsentScope.TREATMENT in lost and not course.terminal:
        course = await uow.courses.save(
            close_by_cause(
                course,
                closing_id=uow.new_id(),
                cause=ClosingCause.CONSENT_WITHDRAWN,
                outcome=None if pauses else CourseOutcome.CLIENT_STOPPED,
                now=uow.now,
            )
        )
        await flag_raised(uow, course)
    await advance_course(uow, course)
