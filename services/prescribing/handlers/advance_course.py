"""Guards are conditions, not moments: after any fact changed, look at every order again."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from services.prescribing.domain.authorisation import AuthorisationFacts, authorisation_decision
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import UNDOSED, DoseOrderStatus
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.order_stops import (
    Stop,
    StopFacts,
    closes_at,
    stop_of,
    wants_order,
)
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.review_task import TaskKind
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.handlers.dosed_sessions import dosed_sessions
from services.prescribing.handlers.order_consequences import keep_order, keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from shared.decisions import Change, Decision


async def advance_course(uow: UnitOfWork, course_id: UUID, client_id: UUID) -> None:
    """Stop, close, request, authorise and check what the facts now say (ruling 20)."""
    course = await uow.facts.get(course_id, client_id)
    if not course.dosing_sessions():
        return
    for order in await _orders(uow, course_id):
        await _stop(uow, course, order)
    for order in await _orders(uow, course_id):
        await close_order(uow, course, order)
    for session_id, session in course.dosing_sessions().items():
        await _request(uow, course, session_id, session)
    for order in sorted(await _orders(uow, course_id), key=lambda o: (o.starts_at, str(o.id))):
        await _authorise(uow, course, order)
    for order in await _orders(uow, course_id):
        await _check(uow, order)


async def stop_order(uow: UnitOfWork, order: DoseOrder, stop: Stop) -> DoseOrder:
    """End an undosed order; medicine that is out has to be returned before a witness."""
    stopped = await keep_order(uow, order.stop(stop.cause, stop.category, uow.now))
    if stopped.medicine_out:
        await raise_task(
            uow,
            TaskKind.MEDICINE_NOT_ACCOUNTED_FOR,
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            cause=str(order.id),
        )
    return stopped


async def close_order(uow: UnitOfWork, course: CourseFacts, order: DoseOrder) -> None:
    """Close an order whose count is final."""
    at = closes_at(order, course.session(order.session_id), uow.now)
    if at is not None:
        last = order.last_dose
        final = max(at, last.administered_at) if last is not None else at
        await keep_order(uow, order.close(final))


async def authorisation_of(
    uow: UnitOfWork, course: CourseFacts, order: DoseOrder
) -> tuple[Decision, Prescription | None]:
    """Whether this order may be authorised now, with every reason, and on which prescription."""
    orders = await uow.dose_orders.list_by(course_id=course.course_id)
    rx = await _prescription(uow, order)
    facts = AuthorisationFacts(
        order=order,
        prescription=rx,
        course=course,
        dosed=dosed_sessions(orders, besides=order.session_id),
        ahead=tuple(o.id for o in orders if o.authorised and o.id != order.id),
        reviews=tuple(await uow.summaries.list_by(course_id=course.course_id)),
        own_holds=await _own_holds(uow, course.course_id),
        protocol=uow.protocol,
        now=uow.now,
    )
    return authorisation_decision(facts), rx


async def _stop(uow: UnitOfWork, course: CourseFacts, order: DoseOrder) -> None:
    if order.status not in UNDOSED:
        return
    rx = await _prescription(uow, order)
    decision, _ = await authorisation_of(uow, course, order)
    stop = stop_of(
        StopFacts(
            order=order,
            course=course,
            prescription=rx,
            own_holds=await _own_holds(uow, course.course_id),
            authorisation=decision,
            now=uow.now,
        )
    )
    if stop is not None:
        await stop_order(uow, order, stop)


async def _request(
    uow: UnitOfWork, course: CourseFacts, session_id: UUID, session: SessionFacts
) -> None:
    """A first order for each window; after one that closed without a dose, when the guards hold."""
    orders = tuple(await uow.dose_orders.list_by(session_id=session_id))
    told = session.window.told
    if told is None or course.closed is not None or not wants_order(orders, session):
        return
    order = DoseOrder.request(
        uow.new_id(),
        client_id=course.client_id,
        course_id=course.course_id,
        session_id=session_id,
        starts_at=told.value.starts_at,
        planned_end_at=told.value.planned_end_at,
    )
    if any(_same_window(orders, order)):
        decision, _ = await authorisation_of(uow, course, order)
        if not decision.allowed:
            return
    await uow.dose_orders.save(Change(order))


def _same_window(orders: tuple[DoseOrder, ...], order: DoseOrder) -> Iterator[DoseOrder]:
    return (
        known
        for known in orders
        if (known.starts_at, known.planned_end_at) == (order.starts_at, order.planned_end_at)
    )


async def _authorise(uow: UnitOfWork, course: CourseFacts, order: DoseOrder) -> None:
    if order.status is not DoseOrderStatus.REQUESTED:
        return
    decision, rx = await authorisation_of(uow, course, order)
    if not decision.allowed or rx is None:
        return
    await uow.receipts.record(
        decision, subject_id=order.id, client_id=order.client_id, course_id=order.course_id
    )
    await keep_prescription(uow, rx.reserve(order.id))
    await uow.dose_orders.save(order.authorise(rx.id, uow.now))


async def _check(uow: UnitOfWork, order: DoseOrder) -> None:
    if order.status is not DoseOrderStatus.AUTHORISED:
        return
    checks = await uow.checks.find_by(session_id=order.session_id)
    if checks is not None and checks.passes_at(uow.now):
        await uow.dose_orders.save(order.check())


async def _prescription(uow: UnitOfWork, order: DoseOrder) -> Prescription | None:
    """The order's own prescription, as if it had not reserved yet; else the course's active one."""
    if order.prescription_id is not None:
        bound = await uow.prescriptions.get(order.prescription_id)
        return replace(bound, reserved=bound.reserved - {order.id})
    return await uow.prescriptions.find_by(course_id=order.course_id, status="active")


async def _orders(uow: UnitOfWork, course_id: UUID) -> list[DoseOrder]:
    return await uow.dose_orders.list_by(course_id=course_id)


async def _own_holds(uow: UnitOfWork, course_id: UUID) -> tuple[Hold, ...]:
    return tuple(await uow.safety_holds.list_by(course_id=course_id, status="open"))
