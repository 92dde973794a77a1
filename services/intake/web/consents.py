"""Consent: offered, signed, asked again, and taken back in one step."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.domain.consent import Consent, Signature, WithdrawalChannel
from services.intake.domain.consent_material import DISCLOSED, Disclosure
from services.intake.handlers.course_in_full import consent_of
from services.intake.handlers.offer_consent import (
    AskConsentAgain,
    OfferConsent,
    ask_consent_again,
    offer_consent,
)
from services.intake.handlers.sign_consent import SignConsent, SignedConsent, sign_consent
from services.intake.handlers.withdraw_consent import (
    WithdrawConsent,
    WithdrawnConsent,
    WithdrawScopes,
    withdraw_consent,
    withdraw_scopes,
)
from services.intake.web.fields import Body, Moment, Version
from shared.protocol import ConsentScope
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["consents"])
Scopes = Annotated[list[ConsentScope], Field(min_length=1, max_length=len(ConsentScope))]


class SigningBody(Body):
    """``disclosures``: what was gone through; left out, it is all that the material contains."""

    scopes: Scopes
    material_version: Version
    disclosures: Annotated[list[Disclosure], Field(max_length=len(Disclosure))] | None = None
    substance_use_records: bool = Field(
        default=False,
        description="With information_sharing: all who treat may also read what tells of"
        " substance use (42 CFR 2.31)",
    )


class OfferBody(Body):
    """``clients_initiative``: the client asks for it again after having withdrawn it."""

    scopes: Scopes
    clients_initiative: bool = False


class MaterialBody(Body):
    material_version: Version


class WithdrawalBody(Body):
    """Without scopes everything that is meant; ``pauses`` when the client means to return."""

    scopes: Scopes | None = None
    withdrawn_at: Moment | None = None
    channel: WithdrawalChannel = WithdrawalChannel.IN_PERSON
    pauses: bool = False


class ConsentView(BaseModel):
    """One signature, and what of it still stands."""

    id: UUID
    course_id: UUID
    client_id: UUID
    status: str
    consent_version: int
    scopes: list[str]
    standing_scopes: list[str]
    material_version: int
    disclosures: list[str]
    signed_at: datetime
    valid_until: datetime
    withdrawn: dict[str, datetime]
    withdrawn_through: dict[str, str]
    annulled_at: datetime | None


class ConsentsView(BaseModel):
    """All signatures of a course, and the state of each scope."""

    course_id: UUID
    client_id: UUID
    required_material: int
    scopes: dict[str, str]
    disclosures: dict[str, list[str]] = Field(description="What each scope is informed by")
    items: list[ConsentView]
    next_cursor: UUID | None = None


@router.get("/courses/{course_id}/consents", responses=problems(404))
async def consents(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_course"))]
) -> ConsentsView:
    """What the client has signed, with versions and scopes."""

    async def read(uow: Any) -> ConsentsView:
        return _book(call)(await consent_of(uow, course_id))

    return await call.read(read)


@router.post("/courses/{course_id}/consents", status_code=201, responses=problems(404, 409, 412))
async def signing(
    course_id: UUID,
    body: SigningBody,
    call: Annotated[Call, Depends(calling("sign_consent"))],
) -> ConsentView:
    """The client signs."""
    command = SignConsent(
        course_id=course_id,
        scopes=tuple(dict.fromkeys(body.scopes)),
        material_version=body.material_version,
        disclosures=None if body.disclosures is None else tuple(dict.fromkeys(body.disclosures)),
        substance_use_records=body.substance_use_records,
    )
    return await call.run_gate(sign_consent, command, _signature(call))


@router.post("/courses/{course_id}/consent-offers", responses=problems(404, 409, 412))
async def offer(
    course_id: UUID,
    body: OfferBody,
    call: Annotated[Call, Depends(calling("sign_consent"))],
) -> ConsentsView:
    """Put scopes before the client; what was withdrawn only because the client asks for it."""
    command = OfferConsent(
        course_id=course_id,
        scopes=tuple(dict.fromkeys(body.scopes)),
        clients_initiative=body.clients_initiative,
    )
    return await call.run(offer_consent, command, _book(call))


@router.post("/courses/{course_id}/consent-material", responses=problems(404, 409, 412))
async def material(
    course_id: UUID,
    body: MaterialBody,
    call: Annotated[Call, Depends(calling("sign_consent"))],
) -> ConsentsView:
    """The material changed: what was signed over an older version has to be confirmed."""
    command = AskConsentAgain(course_id=course_id, material_version=body.material_version)
    return await call.run(ask_consent_again, command, _book(call))


@router.post("/consents/{consent_id}/withdrawal", responses=problems(404, 412))
async def withdrawal(
    consent_id: UUID,
    call: Annotated[Call, Depends(calling("withdraw_consent"))],
    body: WithdrawalBody = WithdrawalBody(),
) -> ConsentView:
    """The client takes consent back. Always accepted, no reason asked."""
    command = WithdrawConsent(
        consent_id=consent_id,
        scopes=None if body.scopes is None else tuple(body.scopes),
        withdrawn_at=body.withdrawn_at,
        channel=body.channel,
        pauses=body.pauses,
    )
    return await call.run_gate(withdraw_consent, command, _signature(call))


@router.post("/courses/{course_id}/consent-withdrawal", responses=problems(404, 412))
async def withdrawal_of_scopes(
    course_id: UUID,
    call: Annotated[Call, Depends(calling("withdraw_consent"))],
    body: WithdrawalBody = WithdrawalBody(),
) -> ConsentsView:
    """The client takes scopes back, all of them unless named, through whatever channel."""
    command = WithdrawScopes(
        course_id=course_id,
        scopes=tuple(ConsentScope) if body.scopes is None else tuple(body.scopes),
        withdrawn_at=body.withdrawn_at,
        channel=body.channel,
        pauses=body.pauses,
    )
    return await call.run_gate(withdraw_scopes, command, _book(call))


def _signature(call: Call) -> Callable[[SignedConsent | WithdrawnConsent], ConsentView]:
    def show(result: SignedConsent | WithdrawnConsent) -> ConsentView:
        signature = result.consent.with_id(result.consent_id)
        if signature is None:
            raise LookupError("a consent without the signature that it was found by")
        return _view(result.consent, signature, call.context.now)

    return show


def _book(call: Call) -> Callable[[Consent], ConsentsView]:
    def show(consent: Consent) -> ConsentsView:
        now = call.context.now
        return ConsentsView(
            course_id=consent.course_id,
            client_id=consent.client_id,
            required_material=consent.required_material,
            scopes={scope.value: consent.state(scope, now).value for scope in ConsentScope},
            disclosures={scope.value: list(items) for scope, items in DISCLOSED.items()},
            items=[_view(consent, signature, now) for signature in consent.signatures],
        )

    return show


def _view(consent: Consent, signature: Signature, now: datetime) -> ConsentView:
    standing = signature.standing_scopes(now)
    over = "expired" if now >= signature.valid_until else "withdrawn"
    over = over if signature.annulled_at is None else "annulled"
    return ConsentView(
        id=signature.consent_id,
        course_id=consent.course_id,
        client_id=consent.client_id,
        status="granted" if standing else over,
        consent_version=signature.consent_version,
        scopes=list(signature.scopes),
        standing_scopes=list(standing),
        material_version=signature.material_version,
        disclosures=list(signature.disclosures),
        signed_at=signature.signed_at,
        valid_until=signature.valid_until,
        withdrawn=dict(signature.withdrawn),
        withdrawn_through=dict(signature.withdrawn_through),
        annulled_at=signature.annulled_at,
    )
