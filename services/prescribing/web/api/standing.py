"""How a course or a session stands here: each rule with its verdict, and how fresh it is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.prescribing.domain.recovery import Recovery
from services.prescribing.handlers.dose_gate_facts import ask_authorities
from services.prescribing.handlers.sessions import orders_of
from services.prescribing.handlers.show_standing import course_decisions
from services.prescribing.handlers.show_standing import session_gates as gates_of
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.views.decisions import (
    PrescriptionStandingView,
    RecoveryStandingView,
    RestrictionView,
    SessionGatesView,
    StandingView,
    decision_view,
    freshness_view,
)
from services.prescribing.web.views.dosing import dose_order_view
from services.prescribing.web.views.records import hold_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["standing"])
Showing = Annotated[Call, Depends(calling("see_standing"))]


@router.get("/courses/{course_id}/standing", responses=problems(404))
async def course_standing(course_id: UUID, call: Showing) -> StandingView:
    """Prescriptions, orders, recoveries and holds of a course, and what they wait for."""

    async def read(uow: SqlPrescribingUnitOfWork) -> StandingView:
        course = await uow.course(course_id)
        freshness = await uow.freshness(course.client_id)
        orders = await uow.dose_orders.list_by(course_id=course_id)
        restrictions = [r.told.value for r in course.restrictions.values() if r.told is not None]
        return StandingView(
            course_id=course_id,
            client_id=course.client_id,
            unverifiable=any(one.parked for one in freshness.values()),
            dosed_count=sum(not order.open and order.count > 0 for order in orders),
            prescriptions=[
                PrescriptionStandingView(
                    id=rx.id,
                    status=rx.status,
                    rx_version=rx.rx_version,
                    timing_profile=rx.terms.timing_profile,
                    sessions_authorised=rx.terms.sessions_authorised,
                    left=rx.left,
                    available=rx.available,
                    valid_until=rx.terms.valid_until,
                )
                for rx in await uow.prescriptions.list_by(course_id=course_id)
            ],
            orders=[dose_order_view(order) for order in orders],
            recoveries=[
                _recovery(recovery, uow)
                for recovery in await uow.recoveries.list_by(course_id=course_id)
            ],
            open_holds=[
                hold_view(hold)
                for hold in await uow.safety_holds.list_by(course_id=course_id, status="open")
            ],
            restrictions=[
                RestrictionView(session_id=r.session_id, until=r.until, end_known=r.end_known)
                for r in restrictions
            ],
            decisions=[
                decision_view(shown, course_id) for shown in await course_decisions(uow, course)
            ],
            freshness=freshness_view(freshness),
        )

    return await call.read(read)


@router.get("/sessions/{session_id}/gates", responses=problems(404))
async def session_gates(session_id: UUID, call: Showing) -> SessionGatesView:
    """G-DOSE as it would decide now, the peers asked; with a dose on board, the clearance too."""

    async def whose(uow: SqlPrescribingUnitOfWork) -> UUID:
        return (await orders_of(uow, session_id))[-1].course_id

    course_id = await call.read(whose)
    asked = await ask_authorities(call.service.peers, course_id, session_id)

    async def read(uow: SqlPrescribingUnitOfWork) -> SessionGatesView:
        shown = await gates_of(uow, session_id, asked)
        return SessionGatesView(
            session_id=session_id,
            course_id=course_id,
            order=dose_order_view(shown.order),
            recovery=_recovery(shown.recovery, uow) if shown.recovery else None,
            decisions=[decision_view(one, course_id) for one in shown.decisions],
            freshness=freshness_view(await uow.freshness(shown.order.client_id)),
        )

    return await call.read(read)


def _recovery(recovery: Recovery, uow: SqlPrescribingUnitOfWork) -> RecoveryStandingView:
    return RecoveryStandingView(
        id=recovery.id,
        session_id=recovery.session_id,
        status=recovery.status_at(uow.now),
        observe_until=recovery.observe_until,
        dose_count=recovery.dose_count,
    )
