"""Prescriptions: drafted, confirmed where high, activated, amended, revoked."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, Field

from services.prescribing.domain.prescription_elements import (
    IN_THE_CLINIC,
    DispenseMode,
    DoseTier,
    DrugForm,
)
from services.prescribing.domain.prescription_terms import PrescriptionStatus, Terms
from services.prescribing.domain.titration import given_doses, prescribed_terms
from services.prescribing.domain.vocabulary import PrescriptionKind
from services.prescribing.handlers.activate_prescription import (
    ActivatePrescription,
    activate_prescription,
)
from services.prescribing.handlers.amend_prescription import (
    AmendPrescription,
    ConfirmHigherDose,
    amend_prescription,
    confirm_higher_dose,
)
from services.prescribing.handlers.revoke_prescription import (
    RevokePrescription,
    revoke_prescription,
)
from services.prescribing.handlers.write_prescription import (
    ConfirmPrescription,
    DraftPrescription,
    confirm_prescription,
    draft_prescription,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import PRESCRIPTIONS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import Body, Cursor, Limit, Milligrams, Words
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.prescriptions import (
    PrescriptionView,
    TitrationView,
    prescription_view,
    titration_view,
)
from shared.protocol import HoldCategory, Route
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["prescriptions"])

Sessions = Annotated[int, Field(ge=1, le=100)]
Profile = Annotated[str, Field(pattern=r"^(?:[A-Z]{2}-[A-Z]{3,4}|TP[1-6])$")]
Writing = Annotated[Call, Depends(calling("write_prescription"))]
Reading = Annotated[Call, Depends(calling("see_prescriptions"))]


class PrescriptionBody(Body):
    """``weight_kg`` where the route's ceiling depends on it (IV).

    ``booster_mg`` is a session's further dose, where the clinic gives one. ``strength_mg`` is what
    one unit holds; the form, unless said, is the route's usual one.
    """

    kind: PrescriptionKind
    route: Route
    timing_profile: Profile
    amount_mg: Milligrams
    sessions_authorised: Sessions
    valid_until: AwareDatetime | None = None
    pdmp_checked_at: AwareDatetime
    weight_kg: Annotated[float, Field(gt=0, le=500)] | None = None
    booster_mg: Milligrams | None = None
    dose_tier: DoseTier | None = None
    form: DrugForm | None = None
    strength_mg: Milligrams | None = None
    directions: Words | None = None
    dispense_mode: DispenseMode = DispenseMode.IN_CLINIC
    reason: Words | None = None


class AmendmentBody(Body):
    """What is left out stays as it is. ``reason`` is kept with the version."""

    route: Route | None = None
    timing_profile: Profile | None = None
    amount_mg: Milligrams | None = None
    booster_mg: Milligrams | None = None
    dose_tier: DoseTier | None = None
    form: DrugForm | None = None
    strength_mg: Milligrams | None = None
    directions: Words | None = None
    reason: Words | None = None
    sessions_authorised: Sessions | None = None
    valid_until: AwareDatetime | None = None


class HigherDoseBody(Body):
    """What a second prescriber confirms before an amendment; left out stays as it is."""

    route: Route | None = None
    amount_mg: Milligrams
    booster_mg: Milligrams | None = None


class RevocationBody(Body):
    hold_category: Literal[
        "medical", "contraindication", "suicidality", "adverse_event", "administrative"
    ] = "medical"


@router.get("/prescriptions", responses=problems())
async def list_prescriptions(
    call: Reading,
    *,
    course_id: UUID | None = None,
    client_id: UUID | None = None,
    status: PrescriptionStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[PrescriptionView]:
    """Prescriptions by course, client or status."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[PrescriptionView]:
        found = await page(
            uow,
            PRESCRIPTIONS,
            after=cursor,
            limit=limit,
            course_id=course_id,
            client_id=client_id,
            status=status,
        )
        return listing(found, prescription_view)

    return await call.read(read)


@router.get("/prescriptions/{prescription_id}", responses=problems(404))
async def get_prescription(prescription_id: UUID, call: Reading) -> PrescriptionView:
    """One prescription, with its ETag."""

    async def read(uow: SqlPrescribingUnitOfWork) -> PrescriptionView:
        return prescription_view(await uow.prescriptions.get(prescription_id))

    return await call.read(read)


@router.get("/courses/{course_id}/titration", responses=problems(404))
async def get_titration(
    course_id: UUID, call: Annotated[Call, Depends(calling("see_ledger"))]
) -> TitrationView:
    """The amounts of a course, prescribed and given, with who, when and why."""

    async def read(uow: SqlPrescribingUnitOfWork) -> TitrationView:
        await uow.course(course_id)
        prescribed = prescribed_terms(await uow.prescriptions.list_by(course_id=course_id))
        given = given_doses(
            await uow.dose_orders.list_by(course_id=course_id),
            await uow.ledgers.list_by(course_id=course_id),
            prescribed,
        )
        return titration_view(course_id, prescribed, given)

    return await call.read(read)


@router.post("/courses/{course_id}/prescriptions", status_code=201, responses=problems(404, 409))
async def draft(course_id: UUID, body: PrescriptionBody, call: Writing) -> PrescriptionView:
    """A draft within the limits; it authorises nothing yet."""
    return await call.run(
        draft_prescription,
        DraftPrescription(
            course_id=course_id,
            kind=body.kind,
            route=body.route,
            terms=Terms(
                timing_profile=body.timing_profile,
                amount_mg=body.amount_mg,
                sessions_authorised=body.sessions_authorised,
                valid_until=body.valid_until,
                weight_kg=body.weight_kg,
                booster_mg=body.booster_mg,
                dose_tier=body.dose_tier,
                form=body.form,
                strength_mg=body.strength_mg,
                directions=body.directions or IN_THE_CLINIC,
            ),
            pdmp_checked_at=body.pdmp_checked_at,
            dispense_mode=body.dispense_mode,
            reason=body.reason,
        ),
        prescription_view,
    )


@router.post("/prescriptions/{prescription_id}/confirmation", responses=problems(404, 409, 412))
async def confirm(prescription_id: UUID, call: Writing) -> PrescriptionView:
    """A second prescriber confirms an amount above the ceiling."""
    return await call.run(
        confirm_prescription,
        ConfirmPrescription(prescription_id=prescription_id),
        prescription_view,
    )


@router.post("/prescriptions/{prescription_id}/activation", responses=problems(404, 409, 412))
async def activate(prescription_id: UUID, call: Writing) -> PrescriptionView:
    """The draft becomes active, if the whole guard holds."""
    return await call.run_gate(
        activate_prescription,
        ActivatePrescription(prescription_id=prescription_id),
        prescription_view,
    )


@router.post("/prescriptions/{prescription_id}/amendments", responses=problems(404, 409, 412))
async def amend(prescription_id: UUID, body: AmendmentBody, call: Writing) -> PrescriptionView:
    """A new version for what is to come."""
    return await call.run(
        amend_prescription,
        AmendPrescription(prescription_id=prescription_id, **body.model_dump()),
        prescription_view,
    )


@router.post(
    "/prescriptions/{prescription_id}/higher-dose-confirmation", responses=problems(404, 409, 412)
)
async def confirm_higher(
    prescription_id: UUID, body: HigherDoseBody, call: Writing
) -> PrescriptionView:
    """A second prescriber confirms an amount above the ceiling before it is amended to."""
    return await call.run(
        confirm_higher_dose,
        ConfirmHigherDose(prescription_id=prescription_id, **body.model_dump()),
        prescription_view,
    )


@router.post("/prescriptions/{prescription_id}/revocation", responses=problems(404, 409, 412))
async def revoke(
    prescription_id: UUID,
    body: RevocationBody,
    call: Annotated[Call, Depends(calling("revoke_prescription"))],
) -> PrescriptionView:
    """Final; the hold of its cause is placed with it."""
    return await call.run(
        revoke_prescription,
        RevokePrescription(
            prescription_id=prescription_id, category=HoldCategory(body.hold_category)
        ),
        prescription_view,
    )
