"""A dose that was taken is recorded, from any state, and never refused (ruling 12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.prescribing.domain.dose_ledger_states import SECOND_PERSON
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import Dose, TakenReason
from services.prescribing.domain.observing import observation
from services.prescribing.domain.own_dose_rules import OwnDoseFacts
from services.prescribing.domain.people import Signature
from services.prescribing.domain.taken_dose import TakenDoseFacts, broken_rules
from services.prescribing.domain.vocabulary import IncidentCode, SessionOutcome
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import keep_order
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.release_dose import ledger_of
from services.prescribing.handlers.sessions import recovery_of
from services.prescribing.handlers.taken_against_a_rule import record_deviation
from services.prescribing.handlers.tasks import record_incident
from shared.decisions import refuse

LONGEST_AGO: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTakenDose:
    """Two named people and a reason (INV-40): the acting one, and the witness."""

    order_id: UUID
    administered_at: datetime
    witness_ref: UUID
    reason: TakenReason
    dose_seq: int | None = None
    amount_mg: float | None = None


async def record_taken_dose(command: RecordTakenDose, uow: UnitOfWork) -> DoseOrder:
    named = await uow.dose_orders.get(command.order_id)
    order = await _standing(uow, named)
    who = clinician(uow)
    if who.ref == command.witness_ref:
        refuse("witness-is-the-same-person", "INV-40", SECOND_PERSON, order_id=str(order.id))
    at = stated_at(command.administered_at, uow.now, longest_ago=LONGEST_AGO)
    seq = (command.dose_seq if order.id == named.id else None) or order.next_seq
    known = order.dose(seq)
    if known is not None and known.administered_at == command.administered_at:
        return order
    broken = await _broken(uow, order, seq, at)
    profile = await _timing_profile(uow, order)
    protocol = await uow.protocol_of(order.course_id)
    taken = await keep_order(
        uow,
        order.take(
            Dose(
                seq=seq,
                administered_at=at,
                timing_profile=profile,
                deviation=bool(broken),
                witness_ref=command.witness_ref,
                recorded=Signature.of(who, uow.now),
                reason=command.reason,
            ),
            observe_until=at + observation(protocol, profile),
            at=uow.now,
        ),
    )
    if command.amount_mg is not None:
        ledger = await ledger_of(uow, taken)
        await uow.ledgers.save(
            ledger.taken(
                command.amount_mg,
                dose_seq=seq,
                by=who,
                witness_ref=command.witness_ref,
                at=at,
                rx_version=await _rx_version(uow, order),
            )
        )
    if broken:
        await record_deviation(uow, taken, seq, at, broken)
    await _after_the_end(uow, taken, seq, at)
    await advance_course(uow, taken.course_id, taken.client_id)
    return await uow.dose_orders.get(taken.id)


async def _standing(uow: UnitOfWork, named: DoseOrder) -> DoseOrder:
    """One order of a session has its doses (INV-13): a closed one without any gives way to it."""
    if named.open or named.count:
        return named
    others = await uow.dose_orders.list_by(session_id=named.session_id)
    return next((other for other in others if other.open or other.count), named)


async def _broken(uow: UnitOfWork, order: DoseOrder, seq: int, at: datetime) -> tuple[str, ...]:
    rx_id = order.prescription_id
    own = OwnDoseFacts(
        at=at,
        dose_seq=seq,
        order=order,
        prescription=await uow.prescriptions.find(rx_id) if rx_id is not None else None,
        check=await uow.checks.find_by(session_id=order.session_id),
        holds=tuple(await uow.safety_holds.list_by(course_id=order.course_id)),
        protocol=await uow.protocol_of(order.course_id),
    )
    course = await uow.facts.get(order.course_id, order.client_id)
    enrolled = [a.enrolled for a in await uow.assessments.list_by(course_id=order.course_id)]
    return broken_rules(
        TakenDoseFacts(
            own=own,
            course=course,
            ledger=await uow.ledgers.find_by(dose_order_id=order.id),
            enrolled_at=min((one.signed.at for one in enrolled if one is not None), default=None),
        )
    )


async def _timing_profile(uow: UnitOfWork, order: DoseOrder) -> str:
    """The prescription's profile; without one, the slowest that is used here (C-05)."""
    written = await uow.prescriptions.list_by(course_id=order.course_id)
    bound = [rx for rx in written if rx.id == order.prescription_id]
    latest = bound or sorted(written, key=lambda rx: rx.author.at)[-1:]
    if latest:
        return latest[0].terms.timing_profile
    protocol = await uow.protocol_of(order.course_id)
    return max(protocol.profiles(), key=lambda item: item[1].offset_max)[0]


async def _rx_version(uow: UnitOfWork, order: DoseOrder) -> int | None:
    if order.prescription_id is None:
        return None
    return (await uow.prescriptions.get(order.prescription_id)).rx_version


async def _after_the_end(uow: UnitOfWork, order: DoseOrder, seq: int, at: datetime) -> None:
    """The session was believed undosed, or the client has gone: people have to act."""
    course = await uow.facts.get(order.course_id, order.client_id)
    session = course.session(order.session_id)
    outcomes = {told.value.outcome for told in session.ends.values()}
    codes = []
    if SessionOutcome.ABORTED_BEFORE_DOSE in outcomes:
        codes.append(IncidentCode.DOSE_AFTER_ABORTED_END)
    if session.departure is not None:
        codes.append(IncidentCode.DOSE_AFTER_DISCHARGE)
        recovery = await recovery_of(uow, order.session_id)
        await uow.recoveries.save(recovery.alarm(uow.now))
    for code in codes:
        await record_incident(
            uow,
            code,
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            cause=f"dose:{order.id}:{seq}",
            at=at,
            dose_order_id=order.id,
        )
