"""Whenever scheduling tells something about a dosing session."""

from uuid import UUID

from services.prescribing.domain.dose_order_states import UNDOSED
from services.prescribing.domain.vocabulary import IncidentCode, SessionKind, SessionOutcome
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.check_before_dose import awaited_check
from services.prescribing.handlers.order_consequences import watch_summary
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import record_incident


async def when_client_checked_in(uow: UnitOfWork, *, session_id: UUID) -> None:
    """The client is here: the pre-dose check is awaited."""
    orders = await uow.dose_orders.list_by(session_id=session_id)
    for order in orders:
        if order.status in UNDOSED:
            await awaited_check(uow, order)


async def when_session_completed(
    uow: UnitOfWork, *, course_id: UUID, client_id: UUID, session_id: UUID
) -> None:
    """The order closes with its count; two different ends are an incident (section 5.1)."""
    course = await uow.facts.get(course_id, client_id)
    session = course.session(session_id)
    orders = await uow.dose_orders.list_by(session_id=session_id)
    dosed = any(order.count for order in orders)
    ends = {
        told.value.ended_at
        for told in session.ends.values()
        if not (dosed and told.value.outcome is SessionOutcome.ABORTED_BEFORE_DOSE)
    }
    if session.kind is SessionKind.DOSING and len(ends) > 1:
        await record_incident(
            uow,
            IncidentCode.CONFLICTING_SESSION_END,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            cause=f"session-end:{session_id}",
            at=uow.now,
        )
    await advance_course(uow, course_id, client_id)


async def when_summary_shared(
    uow: UnitOfWork, *, course_id: UUID, client_id: UUID, session_id: UUID
) -> None:
    """It wants to be read; before any dose is known it waits in the facts."""
    review = await uow.summaries.find_by(session_id=session_id)
    course = await uow.facts.get(course_id, client_id)
    shared = course.session(session_id).summary
    if review is not None and shared is not None:
        known = await uow.summaries.save(review.share(shared.value, shared.occurred_at))
        if known != review:
            await watch_summary(uow, known, uow.now)
    await advance_course(uow, course_id, client_id)
