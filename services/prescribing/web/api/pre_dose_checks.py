"""The pre-dose checks of the day."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.prescribing.domain.pre_dose_check import PreDoseStatus
from services.prescribing.domain.predose_grading import MoodConcern, PregnancyResult, Readings
from services.prescribing.domain.vocabulary import MoodRescreen
from services.prescribing.handlers.check_before_dose import (
    AcceptPreDoseCheck,
    RecordPreDoseCheck,
    accept_pre_dose_check,
    record_pre_dose_check,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import CHECKS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.about import about_check, about_checks
from services.prescribing.web.api.fields import Body, Cursor, Hours, Limit, StatedAt, Words
from services.prescribing.web.views.dosing import (
    CheckSeriesView,
    PreDoseCheckView,
    check_series_view,
    newest_check_view,
)
from services.prescribing.web.views.listing import Listing, listing
from shared.protocol import DrugClass
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["pre-dose checks"])


class PreDoseCheckBody(Body):
    """Vitals and answers; ``pregnancy_attested``: the client attests that there is none.

    ``pregnancy_test`` is asked for at the first dose of a course, or at each, as the clinic says.
    So are ``prescriber_on_site``, and ``medication_list_asked``: each class was gone through.
    """

    systolic: Annotated[int, Field(ge=40, le=300)]
    diastolic: Annotated[int, Field(ge=20, le=200)]
    heart_rate: Annotated[int, Field(ge=20, le=250)]
    spo2: Annotated[int, Field(ge=50, le=100)]
    fasting_ok: bool
    pregnancy_attested: bool
    medication_changes: bool
    mood_rescreen: MoodRescreen
    mood_concern: MoodConcern = MoodConcern.SUICIDALITY
    drug_classes: Annotated[tuple[DrugClass, ...], Field(max_length=20)] = ()
    pregnancy_test: PregnancyResult = PregnancyResult.NOT_DONE
    food_hours: Hours | None = None
    liquid_hours: Hours | None = None
    perceptual_changes: bool = False
    prescriber_on_site: bool = False
    medication_list_asked: bool = False
    at: StatedAt = None


class AcceptanceBody(Body):
    reason: Words


@router.get("/pre-dose-checks", responses=problems())
async def list_checks(
    call: Annotated[Call, Depends(calling("see_pre_dose_checks"))],
    *,
    session_id: UUID | None = None,
    status: PreDoseStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[CheckSeriesView]:
    """The checks of each session, the newest last; ``awaited`` where nobody has measured yet."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[CheckSeriesView]:
        found = await page(
            uow, CHECKS, after=cursor, limit=limit, session_id=session_id, status=status
        )
        return listing(found, check_series_view)

    return await call.read(read)


@router.post(
    "/sessions/{session_id}/pre-dose-checks", status_code=201, responses=problems(404, 409, 412)
)
async def record(
    session_id: UUID,
    body: PreDoseCheckBody,
    call: Annotated[Call, Depends(calling("record_pre_dose_check"))],
) -> PreDoseCheckView:
    """Grade the readings: pass, review or hold; valid for half an hour."""
    return await (await about_checks(call, session_id)).run(
        record_pre_dose_check,
        RecordPreDoseCheck(
            session_id=session_id,
            readings=Readings(
                systolic=body.systolic,
                diastolic=body.diastolic,
                heart_rate=body.heart_rate,
                spo2=body.spo2,
                fasting_ok=body.fasting_ok,
                pregnancy_attested=body.pregnancy_attested,
                medication_changes=body.medication_changes,
                mood_rescreen=body.mood_rescreen,
                mood_concern=body.mood_concern,
                drug_classes=body.drug_classes,
                pregnancy_test=body.pregnancy_test,
                food_hours=body.food_hours,
                liquid_hours=body.liquid_hours,
                perceptual_changes=body.perceptual_changes,
                prescriber_on_site=body.prescriber_on_site,
                medication_list_asked=body.medication_list_asked,
            ),
            at=body.at,
        ),
        newest_check_view,
    )


@router.post("/pre-dose-checks/{check_id}/acceptance", responses=problems(404, 409, 412))
async def accept(
    check_id: UUID,
    body: AcceptanceBody,
    call: Annotated[Call, Depends(calling("accept_pre_dose_check"))],
) -> PreDoseCheckView:
    """The prescriber passes a review, with a reason."""
    return await (await about_check(call, check_id)).run(
        accept_pre_dose_check,
        AcceptPreDoseCheck(check_id=check_id, reason=body.reason),
        newest_check_view,
    )
