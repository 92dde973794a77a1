"""The decisions about a course and a session as they stand now, for people to read."""

from dataclasses import dataclass, field
from uuid import UUID

from services.prescribing.domain.activation import activation_decision
from services.prescribing.domain.clearance import ClearanceFacts, clearance_decision
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.recovery import Recovery
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.activate_prescription import activation_facts
from services.prescribing.handlers.course_in_hand import CourseInHand
from services.prescribing.handlers.dose_gate_facts import Asked, gather_dose_facts
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import orders_of
from services.prescribing.handlers.tighten import found_grave
from shared.decisions import Decision


@dataclass(frozen=True, slots=True)
class Shown:
    """A decision and what it is about; ``session_id`` where that is a session."""

    subject_id: UUID
    decision: Decision
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SessionShown:
    order: DoseOrder
    recovery: Recovery | None
    decisions: list[Shown] = field(default_factory=list)


async def course_decisions(uow: UnitOfWork, course: CourseFacts) -> list[Shown]:
    """What drafts wait for to become active, and requested orders to be authorised."""
    shown = [
        Shown(rx.id, activation_decision(await activation_facts(uow, rx, by=rx.author.ref)))
        for rx in await uow.prescriptions.list_by(course_id=course.course_id)
        if rx.status is PrescriptionStatus.DRAFT
    ]
    in_hand = await CourseInHand.read(uow, course)
    requested = (o for o in in_hand.orders.values() if o.status is DoseOrderStatus.REQUESTED)
    shown.extend(
        Shown(order.id, in_hand.decision_on(order), order.session_id) for order in requested
    )
    return shown


async def session_gates(uow: UnitOfWork, session_id: UUID, asked: Asked | None) -> SessionShown:
    """What the session's dose waits for; with a dose on board, what leaving waits for."""
    order = (await orders_of(uow, session_id))[-1]
    course = await uow.facts.get(order.course_id, order.client_id)
    recovery = await uow.recoveries.find_by(session_id=session_id)
    shown = SessionShown(order, recovery)
    if order.status is DoseOrderStatus.REQUESTED:
        in_hand = await CourseInHand.read(uow, course)
        shown.decisions.append(Shown(order.id, in_hand.decision_on(order), session_id))
    facts, _ = await gather_dose_facts(uow, order, order.next_seq, asked)
    shown.decisions.append(Shown(session_id, dose_decision(facts), session_id))
    if recovery is not None:
        shown.decisions.append(
            Shown(session_id, await _clearance(uow, course, recovery), session_id)
        )
    return shown


async def _clearance(uow: UnitOfWork, course: CourseFacts, recovery: Recovery) -> Decision:
    end = course.session(recovery.session_id).end(dosed=True)
    orders = await orders_of(uow, recovery.session_id)
    return clearance_decision(
        ClearanceFacts(
            recovery=recovery,
            protocol=await uow.protocol_of(recovery.course_id),
            session_ended_at=end.value.ended_at if end is not None else None,
            session_end_source=end.event_id if end is not None else None,
            medicine_out=any(order.medicine_out for order in orders),
            found=await found_grave(uow, recovery.course_id, recovery.client_id),
            by=clinician(uow),
            at=uow.now,
        )
    )
