"""Putting consent before the client: offered, or asked again because the material changed."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.consent import Consent, ask_again, offer
from services.intake.domain.transitions import require_open
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.medicine_on_board import medicine_on_board
from services.intake.handlers.ports import UnitOfWork
from shared.decisions import Unblock, refuse
from shared.protocol import ConsentScope


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferConsent:
    course_id: UUID
    scopes: tuple[ConsentScope, ...]
    clients_initiative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskConsentAgain:
    course_id: UUID
    material_version: int


async def offer_consent(command: OfferConsent, uow: UnitOfWork) -> Consent:
    course = await uow.courses.get(command.course_id)
    require_open(course)
    return await uow.consents.save(
        offer(
            await consent_of(uow, course.id),
            scopes=command.scopes,
            clients_initiative=command.clients_initiative,
            medicine_on_board=bool(await medicine_on_board(uow, course.client_id)),
            now=uow.now,
        )
    )


async def ask_consent_again(command: AskConsentAgain, uow: UnitOfWork) -> Consent:
    """Until the client confirms, gates are answered with no; a session that runs is not touched."""
    course = await uow.courses.get(command.course_id)
    require_open(course)
    if not (await uow.protocol_of(course.id)).consent.reconsent_on_material_change:
        refuse(
            "clinic-does-not-ask-again",
            "6.5",
            Unblock(
                fact="reconsent_on_material_change",
                owner="intake",
                action="have the clinic's protocol ask again",
            ),
        )
    change = ask_again(
        await consent_of(uow, course.id),
        material_version=command.material_version,
        now=uow.now,
    )
    consent = await uow.consents.save(change)
    await advance_course(uow, course)
    return consent
