"""The medicine leaves the store, if G-DOSE allows it now (ruling 13)."""

from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import (
    ALLOWED,
    RETURN_MEDICINE,
    OrderTrigger,
)
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.gates import dose_decision
from services.prescribing.handlers.acting import administering
from services.prescribing.handlers.dose_gate_facts import (
    ask_authorities,
    gather_dose_facts,
    refusal_of,
)
from services.prescribing.handlers.order_consequences import keep_order
from services.prescribing.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Change, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDose:
    order_id: UUID


async def release_dose(command: ReleaseDose, begin: Begin, peers: Peers) -> DoseOrder:
    """Raise the flag, ask, decide (ruling 7): a course that closes meanwhile sees the flag."""
    async with begin() as uow:
        order = await uow.dose_orders.get(command.order_id)
        administering(uow, await uow.protocol_of(order.course_id))
        await _need_earlier_accounted_for(uow, order)
        if OrderTrigger.RELEASE in ALLOWED[order.status]:
            await uow.dose_orders.save(order.ask(uow.now))
    asked = await ask_authorities(peers, order.course_id, order.session_id)
    async with begin() as uow:
        order = await uow.dose_orders.get(command.order_id)
        facts, freshness = await gather_dose_facts(uow, order, order.next_seq, asked)
        decision = dose_decision(facts)
        await uow.receipts.record(
            decision,
            facts,
            subject_id=order.session_id,
            client_id=order.client_id,
            course_id=order.course_id,
            freshness=freshness,
        )
        if decision.allowed:
            released = await _release(uow, order)
            await uow.conclude(released)
            return released
        await uow.dose_orders.save(order.give_up_asking())
    raise refusal_of(decision)


async def _release(uow: UnitOfWork, order: DoseOrder) -> DoseOrder:
    released = await keep_order(uow, order.release())
    if order.prescription_id is not None:
        rx = await uow.prescriptions.get(order.prescription_id)
        ledger = await ledger_of(uow, order)
        who = administering(uow, await uow.protocol_of(order.course_id))
        await uow.ledgers.save(
            ledger.release(
                rx.terms.dose_mg(order.next_seq) or 0.0,
                by=who,
                at=uow.now,
                rx_version=rx.rx_version,
            )
        )
    return released


async def _need_earlier_accounted_for(uow: UnitOfWork, order: DoseOrder) -> None:
    """What is left of an earlier dose is returned or wasted before a further one leaves."""
    ledger = await uow.ledgers.find_by(dose_order_id=order.id)
    if ledger is not None and ledger.leftover:
        refuse(
            "medicine-not-accounted-for", "section 4", RETURN_MEDICINE, dose_order_id=str(order.id)
        )


async def ledger_of(uow: UnitOfWork, order: DoseOrder) -> DoseLedger:
    """The order's ledger, opened at its first entry."""
    known = await uow.ledgers.find_by(dose_order_id=order.id)
    if known is not None:
        return known
    opened: Change[DoseLedger, DomainEvent] = Change(
        DoseLedger.opened(
            uow.new_id(),
            client_id=order.client_id,
            course_id=order.course_id,
            dose_order_id=order.id,
        )
    )
    return await uow.ledgers.save(opened)
