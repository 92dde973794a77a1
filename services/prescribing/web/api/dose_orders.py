"""Dose orders: released, given, withheld, returned, and what was taken all the same."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime

from services.prescribing.domain.dose_order_states import DoseOrderStatus, TakenReason
from services.prescribing.handlers.administer_dose import AdministerDose, administer_dose
from services.prescribing.handlers.record_taken_dose import (
    RecordTakenDose,
    record_taken_dose,
)
from services.prescribing.handlers.release_dose import ReleaseDose, release_dose
from services.prescribing.handlers.withhold_dose import (
    ReturnMedicine,
    WasteMedicine,
    WithholdDose,
    return_medicine,
    waste_medicine,
    withhold_dose,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import DOSE_ORDERS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import (
    Body,
    Cursor,
    DoseSeq,
    Limit,
    Milligrams,
    OwnCategory,
    StatedAt,
)
from services.prescribing.web.views.dosing import (
    DoseOrderView,
    LedgerView,
    dose_order_view,
    ledger_view,
)
from services.prescribing.web.views.listing import Listing, listing
from shared.protocol import HoldCategory
from shared.storage import NotFound
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/dose-orders", tags=["dose orders"])

Reading = Annotated[Call, Depends(calling("see_dose_orders"))]
Handling = Annotated[Call, Depends(calling("handle_medicine"))]


class AdministrationBody(Body):
    dose_seq: DoseSeq
    amount_mg: Milligrams
    administered_at: StatedAt = None


class TakenDoseBody(Body):
    """Without ``dose_seq`` it is the next one. The witness is another person."""

    administered_at: AwareDatetime
    witness_ref: UUID
    reason_code: TakenReason
    dose_seq: DoseSeq | None = None
    amount_mg: Milligrams | None = None


class WithholdingBody(Body):
    hold_category: OwnCategory


class ReturnBody(Body):
    witness_ref: UUID


class WasteBody(Body):
    amount_mg: Milligrams
    witness_ref: UUID


@router.get("", responses=problems())
async def list_orders(
    call: Reading,
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: DoseOrderStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[DoseOrderView]:
    """Orders by session, course or status; a rescheduled session has had several."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[DoseOrderView]:
        found = await page(
            uow,
            DOSE_ORDERS,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        return listing(found, dose_order_view)

    return await call.read(read)


@router.get("/{order_id}", responses=problems(404))
async def get_order(order_id: UUID, call: Reading) -> DoseOrderView:
    """One order, with its ETag."""

    async def read(uow: SqlPrescribingUnitOfWork) -> DoseOrderView:
        return dose_order_view(await uow.dose_orders.get(order_id))

    return await call.read(read)


@router.get("/{order_id}/ledger", responses=problems(404))
async def get_ledger(
    order_id: UUID, call: Annotated[Call, Depends(calling("see_ledger"))]
) -> LedgerView:
    """Every movement of the medicine of an order."""

    async def read(uow: SqlPrescribingUnitOfWork) -> LedgerView:
        ledger = await uow.ledgers.find_by(dose_order_id=order_id)
        if ledger is None:
            raise NotFound("ledger", order_id)
        return ledger_view(ledger)

    return await call.read(read)


@router.post("/{order_id}/release", responses=problems(404, 409, 412))
async def release(
    order_id: UUID, call: Annotated[Call, Depends(calling("release_dose"))]
) -> DoseOrderView:
    """The medicine leaves the store, if G-DOSE allows it now."""
    return await call.run_gate(release_dose, ReleaseDose(order_id=order_id), dose_order_view)


@router.post("/{order_id}/administrations", status_code=201, responses=problems(404, 409, 412))
async def administer(order_id: UUID, body: AdministrationBody, call: Handling) -> DoseOrderView:
    """The dose is given; G-DOSE is evaluated again. The same number again is the same dose."""
    return await call.run_gate(
        administer_dose,
        AdministerDose(
            order_id=order_id,
            dose_seq=body.dose_seq,
            amount_mg=body.amount_mg,
            administered_at=body.administered_at,
        ),
        dose_order_view,
    )


@router.post("/{order_id}/taken-doses", status_code=201, responses=problems(404, 409, 412))
async def record_taken(
    order_id: UUID,
    body: TakenDoseBody,
    call: Annotated[Call, Depends(calling("record_taken_dose"))],
) -> DoseOrderView:
    """A dose that was taken, from whatever state; a broken rule is recorded as a deviation."""
    return await call.run(
        record_taken_dose,
        RecordTakenDose(
            order_id=order_id,
            administered_at=body.administered_at,
            witness_ref=body.witness_ref,
            reason=body.reason_code,
            dose_seq=body.dose_seq,
            amount_mg=body.amount_mg,
        ),
        dose_order_view,
    )


@router.post("/{order_id}/withholding", responses=problems(404, 409, 412))
async def withhold(
    order_id: UUID,
    body: WithholdingBody,
    call: Annotated[Call, Depends(calling("withhold_dose"))],
) -> DoseOrderView:
    """It was decided not to give the dose; the hold of its cause is placed with it."""
    return await call.run(
        withhold_dose,
        WithholdDose(order_id=order_id, category=HoldCategory(body.hold_category)),
        dose_order_view,
    )


@router.post("/{order_id}/return", responses=problems(404, 409, 412))
async def give_back(order_id: UUID, body: ReturnBody, call: Handling) -> DoseOrderView:
    """Released medicine that was not taken goes back, before a witness."""
    return await call.run(
        return_medicine,
        ReturnMedicine(order_id=order_id, witness_ref=body.witness_ref),
        dose_order_view,
    )


@router.post("/{order_id}/wastes", status_code=201, responses=problems(404, 409, 412))
async def waste(order_id: UUID, body: WasteBody, call: Handling) -> DoseOrderView:
    """What is left over is destroyed, before a witness."""
    return await call.run(
        waste_medicine,
        WasteMedicine(order_id=order_id, amount_mg=body.amount_mg, witness_ref=body.witness_ref),
        dose_order_view,
    )
