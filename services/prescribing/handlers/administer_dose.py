"""The dose is given: G-DOSE is evaluated again, never from memory (rulings 12 and 13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.prescribing.domain.dose_ledger import EntryKind
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import AUTHORISATION
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.observing import observation
from services.prescribing.domain.prescription import Prescription
from services.prescribing.handlers.acting import administering, stated_at
from services.prescribing.handlers.dose_gate_facts import (
    ask_authorities,
    gather_dose_facts,
    refusal_of,
)
from services.prescribing.handlers.order_consequences import keep_order
from services.prescribing.handlers.ports import Begin, Peers, UnitOfWork
from services.prescribing.handlers.release_dose import ledger_of
from shared.decisions import Unblock, refuse

RECORD_TAKEN = Unblock(
    fact="a record of the dose as taken, with a witness",
    owner="prescribing",
    action="record the taken dose",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerDose:
    order_id: UUID
    dose_seq: int
    amount_mg: float
    administered_at: datetime | None = None


async def administer_dose(command: AdministerDose, begin: Begin, peers: Peers) -> DoseOrder:
    """The same dose told again is the same dose (INV-12)."""
    async with begin() as uow:
        order = await uow.dose_orders.get(command.order_id)
        administering(uow, await uow.protocol_of(order.course_id))
        if _already_given(command, order):
            await uow.conclude(order)
            return order
    asked = await ask_authorities(peers, order.course_id, order.session_id)
    async with begin() as uow:
        order = await uow.dose_orders.get(command.order_id)
        if _already_given(command, order):
            await uow.conclude(order)
            return order
        facts, freshness = await gather_dose_facts(uow, order, command.dose_seq, asked)
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
            given = await _administer(uow, order, command)
            await uow.conclude(given)
            return given
    raise refusal_of(decision)


def _already_given(command: AdministerDose, order: DoseOrder) -> bool:
    dose = order.dose(command.dose_seq)
    return dose is not None and command.administered_at in {None, dose.administered_at}


async def _administer(uow: UnitOfWork, order: DoseOrder, command: AdministerDose) -> DoseOrder:
    protocol = await uow.protocol_of(order.course_id)
    who = administering(uow, protocol)
    ledger = await ledger_of(uow, order)
    at = stated_at(command.administered_at, uow.now)
    released = max(
        (entry.at for entry in ledger.entries if entry.kind is EntryKind.RELEASED), default=None
    )
    validity = timedelta(minutes=protocol.dosing.gate_validity_minutes)
    if at < uow.now - validity or released is None or at < released:
        refuse(
            "dose-not-within-the-gate",
            "section 7",
            RECORD_TAKEN,
            administered_at=at.isoformat(),
            released_at=released.isoformat() if released is not None else None,
            valid_minutes=protocol.dosing.gate_validity_minutes,
        )
    rx = await _prescription(uow, order)
    profile = rx.terms.timing_profile
    given = await keep_order(
        uow,
        order.administer(
            command.dose_seq,
            administered_at=at,
            timing_profile=profile,
            observe_until=at + observation(protocol, profile),
        ),
    )
    await uow.ledgers.save(
        ledger.administer(
            command.amount_mg,
            dose_seq=command.dose_seq,
            by=who,
            at=at,
            rx_version=rx.rx_version,
        )
    )
    return given


async def _prescription(uow: UnitOfWork, order: DoseOrder) -> Prescription:
    if order.prescription_id is None:
        refuse("order-not-authorised", "ruling 13", AUTHORISATION, order_id=str(order.id))
    return await uow.prescriptions.get(order.prescription_id)
