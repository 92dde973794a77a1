"""Consent: what is signed, by which version, and taking it back in one step."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.web import consents, questions
from services.intake.web.consents import MaterialBody, OfferBody, SigningBody, WithdrawalBody
from services.intake.web.pages.about import about
from services.intake.web.records import CONSENT
from shared.protocol import ConsentScope
from shared.web.addenda import beneath
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}/consents")
async def consent(
    course_id: UUID, page: Annotated[Page, Depends(paged("read_course"))]
) -> Response:
    """What the client has agreed to."""
    return await _consent(page, course_id, Form())


@router.post("/{course_id}/consents")
async def sign(course_id: UUID, page: Annotated[Page, Depends(paged("sign_consent"))]) -> Response:
    """The client signs."""
    return await page.submit(
        SigningBody,
        lambda body, call: consents.signing(course_id, body, call),
        then=f"/courses/{course_id}/consents",
        again=lambda form: _consent(page, course_id, form),
    )


@router.post("/{course_id}/consent-offers")
async def offer(course_id: UUID, page: Annotated[Page, Depends(paged("sign_consent"))]) -> Response:
    """Put scopes before the client."""
    return await page.submit(
        OfferBody,
        lambda body, call: consents.offer(course_id, body, call),
        then=f"/courses/{course_id}/consents",
        again=lambda form: _consent(page, course_id, form),
    )


@router.post("/{course_id}/consents/{consent_id}/withdrawal")
async def withdraw(
    course_id: UUID,
    consent_id: UUID,
    page: Annotated[Page, Depends(paged("withdraw_consent"))],
) -> Response:
    """The client takes it back: one step, no reason asked."""
    return await page.submit(
        WithdrawalBody,
        lambda body, call: consents.withdrawal(consent_id, call, body),
        then=f"/courses/{course_id}/consents",
        again=lambda form: _consent(page, course_id, form),
    )


@router.post("/{course_id}/consent-material")
async def ask_again(
    course_id: UUID, page: Annotated[Page, Depends(paged("sign_consent"))]
) -> Response:
    """The material changed: what was signed over an older version is confirmed again."""
    return await page.submit(
        MaterialBody,
        lambda body, call: consents.material(course_id, body, call),
        then=f"/courses/{course_id}/consents",
        again=lambda form: _consent(page, course_id, form),
    )


async def _consent(page: Page, course_id: UUID, form: Form) -> Response:
    shown = await about(course_id, page.call)
    signed = [one.id for one in shown["consent"].items]
    return page.show(
        "consents.html",
        addenda=await beneath(CONSENT, signed, page.call),
        form=form,
        scopes=[one.value for one in ConsentScope],
        questions=await questions.questions(course_id, page.call, "open"),
        **shown,
    )
