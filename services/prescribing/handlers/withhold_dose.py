"""Not giving the dose, and bringing back what was released for it (sections 6.2 and 7.2)."""

from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import StopCause
from services.prescribing.domain.order_stops import Stop
from services.prescribing.handlers.acting import administering, clinician
from services.prescribing.handlers.advance_course import advance_course, stop_order
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.order_consequences import keep_order
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.release_dose import ledger_of
from shared.protocol import HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdDose:
    order_id: UUID
    category: HoldCategory


async def withhold_dose(command: WithholdDose, uow: UnitOfWork) -> DoseOrder:
    """The cause arose here, so its hold is ours; it keeps a next order from following at once."""
    order = await uow.dose_orders.get(command.order_id)
    who = clinician(uow)
    stopped = await stop_order(
        uow, order, Stop(cause=StopCause.WITHHELD_BY_CLINICIAN, category=command.category)
    )
    await place_hold(
        uow,
        command.category,
        client_id=order.client_id,
        course_id=order.course_id,
        session_id=order.session_id,
        cause=f"withheld:{order.id}:{who.ref}",
        at=uow.now,
    )
    await advance_course(uow, order.course_id, order.client_id)
    return await uow.dose_orders.get(stopped.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMedicine:
    order_id: UUID
    witness_ref: UUID
    category: HoldCategory = HoldCategory.ADMINISTRATIVE


async def return_medicine(command: ReturnMedicine, uow: UnitOfWork) -> DoseOrder:
    """Released and not taken, or left over of a dose: back in the store, before a witness."""
    order = await uow.dose_orders.get(command.order_id)
    who = administering(uow, await uow.protocol_of(order.course_id))
    ledger = await ledger_of(uow, order)
    left_over_of_a_dose = ledger.leftover and not order.medicine_out
    if not left_over_of_a_dose:
        await keep_order(uow, order.return_medicine(command.category, uow.now))
    await uow.ledgers.save(ledger.return_rest(by=who, witness_ref=command.witness_ref, at=uow.now))
    await advance_course(uow, order.course_id, order.client_id)
    return await uow.dose_orders.get(order.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteMedicine:
    order_id: UUID
    amount_mg: float
    witness_ref: UUID


async def waste_medicine(command: WasteMedicine, uow: UnitOfWork) -> DoseOrder:
    """What is left over is destroyed before a witness; with all of it wasted there is no dose."""
    order = await uow.dose_orders.get(command.order_id)
    who = administering(uow, await uow.protocol_of(order.course_id))
    ledger = await uow.ledgers.save(
        (await ledger_of(uow, order)).waste(
            command.amount_mg, by=who, witness_ref=command.witness_ref, at=uow.now
        )
    )
    if order.medicine_out and not ledger.leftover:
        await keep_order(uow, order.return_medicine(HoldCategory.ADMINISTRATIVE, uow.now))
        await advance_course(uow, order.course_id, order.client_id)
    return await uow.dose_orders.get(order.id)
