"""The pre-dose check: readings and answers, its outcome, and the prescriber's decision on it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.predose_grading import MoodConcern, PregnancyResult
from services.prescribing.domain.vocabulary import MoodRescreen
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import pre_dose_checks, standing
from services.prescribing.web.api.pre_dose_checks import AcceptanceBody, PreDoseCheckBody
from services.prescribing.web.api.records import PRE_DOSE_CHECK
from services.prescribing.web.pages.about import about
from services.prescribing.web.pages.checks import checks_of
from services.prescribing.web.pages.vitals import vitals_of
from shared.protocol import DrugClass, Predose
from shared.web.addenda import beneath
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")


@router.get("/{session_id}/check")
async def check(
    session_id: UUID, page: Annotated[Page, Depends(paged("see_pre_dose_checks"))]
) -> Response:
    """What was measured today, and a form for the next look."""
    return await _check(page, session_id, Form())


@router.post("/{session_id}/check")
async def record(
    session_id: UUID, page: Annotated[Page, Depends(paged("record_pre_dose_check"))]
) -> Response:
    """Grade the readings."""
    return await page.submit(
        PreDoseCheckBody,
        lambda body, call: pre_dose_checks.record(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _check(page, session_id, form),
    )


@router.post("/{session_id}/checks/{check_id}/acceptance")
async def accept(
    session_id: UUID,
    check_id: UUID,
    page: Annotated[Page, Depends(paged("accept_pre_dose_check"))],
) -> Response:
    """The prescriber passes a review, in words."""
    return await page.submit(
        AcceptanceBody,
        lambda body, call: pre_dose_checks.accept(check_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _check(page, session_id, form),
    )


async def _check(page: Page, session_id: UUID, form: Form) -> Response:
    gates = await standing.session_gates(session_id, page.call)

    async def limits(uow: SqlPrescribingUnitOfWork) -> Predose:
        return (await uow.protocol_of(gates.course_id)).predose

    checks = await checks_of(page, session_id)
    signed = [one.id for one in checks.checks] if checks else []
    return page.show(
        "check.html",
        form=form,
        gates=gates,
        checks=checks,
        addenda=await beneath(PRE_DOSE_CHECK, signed, page.call),
        vitals=await vitals_of(page, session_id),
        limits=await page.call.read(limits),
        classes=[one.value for one in DrugClass],
        moods=[one.value for one in MoodRescreen],
        concerns=[one.value for one in MoodConcern],
        pregnancy=[one.value for one in PregnancyResult],
        **await about(page, gates.course_id),
    )
