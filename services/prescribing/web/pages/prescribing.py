"""Writing a prescription, amending it, and taking it back."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.prescription_elements import DoseTier, DrugForm
from services.prescribing.domain.vocabulary import PrescriptionKind
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import prescriptions
from services.prescribing.web.api.prescriptions import (
    AmendmentBody,
    HigherDoseBody,
    PrescriptionBody,
    RevocationBody,
)
from services.prescribing.web.pages.about import about
from shared.protocol import ClinicProtocol
from shared.web.pages.client import open_questions
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")

Writing = Annotated[Page, Depends(paged("write_prescription"))]
REVOKED_FOR: Final = (
    "medical",
    "contraindication",
    "suicidality",
    "adverse_event",
    "administrative",
)


@router.get("/{course_id}/prescription")
async def prescription(course_id: UUID, page: Writing) -> Response:
    """A form for a new prescription."""
    return await _draft(page, course_id, Form())


@router.post("/{course_id}/prescription")
async def draft(course_id: UUID, page: Writing) -> Response:
    """Write the draft; it authorises nothing yet."""
    return await page.submit(
        PrescriptionBody,
        lambda body, call: prescriptions.draft(course_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _draft(page, course_id, form),
    )


@router.get("/{course_id}/prescriptions/{prescription_id}")
async def terms(course_id: UUID, prescription_id: UUID, page: Writing) -> Response:
    """What a prescription says, to be amended or revoked."""
    return await _terms(page, course_id, prescription_id, Form())


@router.post("/{course_id}/prescriptions/{prescription_id}/amendment")
async def amend(course_id: UUID, prescription_id: UUID, page: Writing) -> Response:
    """A new version for what is to come."""
    return await page.submit(
        AmendmentBody,
        lambda body, call: prescriptions.amend(prescription_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _terms(page, course_id, prescription_id, form),
    )


@router.get("/{course_id}/prescriptions/{prescription_id}/higher-dose")
async def higher_dose(course_id: UUID, prescription_id: UUID, page: Writing) -> Response:
    """A form for a second prescriber."""
    return await _higher_dose(page, course_id, prescription_id, Form())


@router.post("/{course_id}/prescriptions/{prescription_id}/higher-dose")
async def confirm_higher(course_id: UUID, prescription_id: UUID, page: Writing) -> Response:
    """A second prescriber's word on an amount above the ceiling, before it is amended to."""
    return await page.submit(
        HigherDoseBody,
        lambda body, call: prescriptions.confirm_higher(prescription_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _higher_dose(page, course_id, prescription_id, form),
    )


@router.post("/{course_id}/prescriptions/{prescription_id}/revocation")
async def revoke(
    course_id: UUID,
    prescription_id: UUID,
    page: Annotated[Page, Depends(paged("revoke_prescription"))],
) -> Response:
    """Take it back for good; the hold of its cause is placed with it."""
    return await page.submit(
        RevocationBody,
        lambda body, call: prescriptions.revoke(prescription_id, body, call),
        then=f"/courses/{course_id}",
        again=lambda form: _terms(page, course_id, prescription_id, form),
    )


async def _draft(page: Page, course_id: UUID, form: Form) -> Response:
    protocol = await _protocol(page, course_id)
    return page.show(
        "prescription.html",
        form=form,
        kinds=[one.value for one in PrescriptionKind],
        routes=[(one.value, one.value) for one in sorted(protocol.routes_enabled)],
        profiles=[(code, f"{code} ({profile.route})") for code, profile in protocol.profiles()],
        forms=[one.value for one in DrugForm],
        tiers=[one.value for one in DoseTier],
        open_questions=await open_questions(page.call, course_id),
        **await about(page, course_id),
    )


async def _terms(page: Page, course_id: UUID, prescription_id: UUID, form: Form) -> Response:
    protocol = await _protocol(page, course_id)
    rx = await prescriptions.get_prescription(prescription_id, page.call)
    profiles = [(code, code) for code, profile in protocol.profiles() if profile.route == rx.route]
    return page.show(
        "terms.html",
        form=form,
        rx=rx,
        profiles=profiles,
        tiers=[one.value for one in DoseTier],
        causes=REVOKED_FOR,
        open_questions=await open_questions(page.call, course_id),
        **await about(page, course_id),
    )


async def _higher_dose(page: Page, course_id: UUID, prescription_id: UUID, form: Form) -> Response:
    rx = await prescriptions.get_prescription(prescription_id, page.call)
    return page.show("higher_dose.html", form=form, rx=rx, **await about(page, course_id))


async def _protocol(page: Page, course_id: UUID) -> ClinicProtocol:
    async def read(uow: SqlPrescribingUnitOfWork) -> ClinicProtocol:
        return await uow.protocol_of(course_id)

    return await page.call.read(read)
