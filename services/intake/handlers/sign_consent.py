"""The client signs: decided by rules that are kept in a receipt, allowed or not (6.5)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.consent import Consent
from services.intake.domain.consent_material import Disclosure, disclosed_for
from services.intake.domain.consent_signing import sign
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.hold import lift_by_new_grant
from services.intake.domain.question import QuestionStatus
from services.intake.domain.replaying import SigningFacts, decide_signing
from services.intake.domain.signing_rules import SigningCircumstances
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of, open_holds
from services.intake.handlers.medicine_on_board import medicine_on_board
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from shared.protocol import ConsentScope, HoldCategory

CONSENT_EXPIRES = "consent_expires"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignConsent:
    course_id: UUID
    scopes: tuple[ConsentScope, ...]
    material_version: int
    disclosures: tuple[Disclosure, ...] | None = None
    substance_use_records: bool = False

    @property
    def disclosed(self) -> tuple[Disclosure, ...]:
        """What was gone through: what the signer says, else what the material has to contain."""
        told = disclosed_for(self.scopes) if self.disclosures is None else self.disclosures
        shared = (Disclosure.SUBSTANCE_USE_RECORDS,) if self.substance_use_records else ()
        return tuple(dict.fromkeys((*told, *shared)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedConsent:
    """The consent after the signature, and which signature it is."""

    consent: Consent
    consent_id: UUID


async def sign_consent(command: SignConsent, begin: Begin, _peers: Peers) -> SignedConsent:
    async with begin() as uow:
        course = await uow.courses.get(command.course_id)
        consent = await consent_of(uow, course.id)
        facts = SigningFacts(
            consent=consent,
            circumstances=await _circumstances(uow, course),
            scopes=command.scopes,
            material_version=command.material_version,
            disclosures=command.disclosed,
            now=uow.now,
        )
        decision = decide_signing(facts)
        await uow.receipts.record(
            decision,
            facts,
            subject_id=consent.id,
            client_id=course.client_id,
            course_id=course.id,
            freshness=await uow.freshness(course.client_id),
        )
        signed = SignedConsent(consent=consent, consent_id=uow.new_id())
        if decision.allowed:
            signed = await _sign(uow, course, command, signed)
            await uow.conclude(signed)
    decision.require()
    return signed


async def _circumstances(uow: UnitOfWork, course: TreatmentCourse) -> SigningCircumstances:
    questions = await uow.questions.list_by(course_id=course.id, status=QuestionStatus.OPEN.value)
    return SigningCircumstances(
        course_goes_on=not course.terminal and course.closing is None,
        approved=course.current_approval(uow.now) is not None,
        open_questions=len(questions),
        on_board_since=await medicine_on_board(uow, course.client_id),
    )


async def _sign(
    uow: UnitOfWork, course: TreatmentCourse, command: SignConsent, signed: SignedConsent
) -> SignedConsent:
    protocol = await uow.protocol_of(course.id)
    consent = await uow.consents.save(
        sign(
            signed.consent,
            consent_id=signed.consent_id,
            scopes=command.scopes,
            material_version=command.material_version,
            disclosures=command.disclosed,
            rules=protocol.consent,
            now=uow.now,
        )
    )
    signature = consent.signatures[-1]
    await uow.timers.set(
        CONSENT_EXPIRES,
        signature.consent_id,
        signature.valid_until,
        client_id=course.client_id,
        course_id=str(course.id),
    )
    await _lift_consent_hold(uow, course, consent)
    await advance_course(uow, course)
    return SignedConsent(consent=consent, consent_id=signature.consent_id)


async def _lift_consent_hold(uow: UnitOfWork, course: TreatmentCourse, consent: Consent) -> None:
    """A new grant lifts the hold once everything that a dose needs is signed again."""
    required = (await uow.protocol_of(course.id)).consent.required_scopes
    if not all(consent.active(scope, uow.now) for scope in required):
        return
    for hold in await open_holds(uow, course.id):
        if hold.category is HoldCategory.CONSENT:
            await uow.safety_holds.save(lift_by_new_grant(hold, now=uow.now))
