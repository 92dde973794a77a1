"""Guards are conditions, not moments: after any fact changed, look at every order again."""

from uuid import UUID

from services.prescribing.domain.authorisation import authorisation_decision
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import UNDOSED, DoseOrderStatus
from services.prescribing.domain.order_stops import (
    DECIDED_AGAIN,
    Stop,
    StopFacts,
    closes_at,
    stop_of,
    wants_order,
)
from services.prescribing.domain.review_task import TaskKind
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.handlers.course_in_hand import CourseInHand
from services.prescribing.handlers.order_consequences import keep_order
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.taken_against_a_rule import look_at_taken_doses
from services.prescribing.handlers.tasks import raise_task
from shared.decisions import Change


async def advance_course(uow: UnitOfWork, course_id: UUID, client_id: UUID) -> None:
    """Stop, close, request, authorise and check what the facts now say (ruling 20)."""
    facts = await uow.facts.get(course_id, client_id)
    if not facts.dosing_sessions():
        return
    course = await CourseInHand.read(uow, facts)
    for order in list(course.orders.values()):
        course.orders[order.id] = await look_at_taken_doses(uow, order, facts, course.protocol)
    for order in list(course.orders.values()):
        await _stop(course, order)
    for order in list(course.orders.values()):
        await _close(course, order)
    for session_id, session in facts.dosing_sessions().items():
        await _request(course, session_id, session)
    for order in sorted(course.orders.values(), key=lambda o: (o.starts_at, str(o.id))):
        await _authorise(course, order)
    for order in list(course.orders.values()):
        await _check(course, order)


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


async def _stop(course: CourseInHand, order: DoseOrder) -> None:
    if order.status not in UNDOSED:
        return
    stop = stop_of(
        StopFacts(
            order=order,
            course=course.facts,
            prescription=course.prescription_of(order),
            own_holds=course.own_holds,
            authorisation=course.decision_on(order),
            now=course.uow.now,
        )
    )
    if stop is None:
        return
    if stop.cause in DECIDED_AGAIN:
        await _keep_receipt(course, order)
    course.orders[order.id] = await stop_order(course.uow, order, stop)


async def _close(course: CourseInHand, order: DoseOrder) -> None:
    """Close an order whose count is final, at the time it became so."""
    at = closes_at(order, course.facts.session(order.session_id), course.uow.now)
    if at is not None:
        last = order.last_dose
        await course.keep(order.close(at if last is None else max(at, last.administered_at)))


async def _request(course: CourseInHand, session_id: UUID, session: SessionFacts) -> None:
    """A first order for each window; after one that closed without a dose, when the guards hold."""
    known, told = course.of_session(session_id), session.window.told
    if told is None or course.facts.closed is not None or not wants_order(known, session):
        return
    order = DoseOrder.request(
        course.uow.new_id(),
        client_id=course.facts.client_id,
        course_id=course.facts.course_id,
        session_id=session_id,
        starts_at=told.value.starts_at,
        planned_end_at=told.value.planned_end_at,
    )
    again = any(
        (other.starts_at, other.planned_end_at) == (order.starts_at, order.planned_end_at)
        for other in known
    )
    if not again or course.decision_on(order).allowed:
        await course.keep(Change(order))


async def _authorise(course: CourseInHand, order: DoseOrder) -> None:
    """Decided at every look; a receipt is kept when the answer, or a reason for it, is another."""
    if order.status is not DoseOrderStatus.REQUESTED:
        return
    rx, decision = course.prescription_of(order), course.decision_on(order)
    refused_for = tuple(sorted(refusal.slug for refusal in decision.refusals))
    if refused_for and refused_for == order.refused_for:
        return
    await _keep_receipt(course, order)
    if decision.allowed and rx is not None:
        await course.reserve(rx.id, order)
    else:
        await course.keep(order.refuse(refused_for))


async def _keep_receipt(course: CourseInHand, order: DoseOrder) -> None:
    """Why it was authorised, why it was not, or why it no longer is."""
    facts = course.authorisation_facts(order)
    await course.uow.receipts.record(
        authorisation_decision(facts),
        facts,
        subject_id=order.session_id,
        client_id=order.client_id,
        course_id=order.course_id,
        freshness=await course.uow.freshness(order.client_id),
    )


async def _check(course: CourseInHand, order: DoseOrder) -> None:
    if order.status is not DoseOrderStatus.AUTHORISED:
        return
    checks = await course.uow.checks.find_by(session_id=order.session_id)
    if checks is not None and checks.passes_at(course.uow.now):
        await course.keep(order.check())
