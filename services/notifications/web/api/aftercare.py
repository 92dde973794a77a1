"""Aftercare of dosed sessions: restrictions, instructions, and the end of an escalation."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.vocabulary import PlanKind
from services.notifications.handlers.answer_escalation import (
    ResolveAftercareEscalations,
    resolve_aftercare_escalations,
)
from services.notifications.handlers.deliver_instructions import (
    AcknowledgeInstructions,
    DeliverInstructions,
    record_acknowledgement,
    record_instructions,
)
from services.notifications.persistence.queries import being, matching, page
from services.notifications.persistence.tables import AFTERCARE_PLANS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.bodies import AcknowledgementBody, InstructionsBody
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import AftercareView, Listing, aftercare_view, listing
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/aftercare", tags=["aftercare"])


@router.get("", responses=problems())
async def list_aftercare(
    call: Annotated[Call, Depends(calling("see_aftercare"))],
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    client_id: UUID | None = None,
    status: AftercareStatus | None = None,
    plan: PlanKind | None = None,
    open_only: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[AftercareView]:
    """The aftercare board: by session, course, client, status or plan."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[AftercareView]:
        found = await page(
            uow,
            AFTERCARE_PLANS,
            *matching(
                AFTERCARE_PLANS,
                session_id=session_id,
                course_id=course_id,
                client_id=client_id,
                status=status,
                plan=plan,
            ),
            *being(
                AFTERCARE_PLANS, "status", {AftercareStatus.CLOSED}, False if open_only else None
            ),
            after=cursor,
            limit=limit,
        )
        return listing(found, [aftercare_view(plan, uow.now) for plan in found.items])

    return await call.read(read)


@router.get("/{aftercare_id}", responses=problems(404))
async def get_aftercare(
    aftercare_id: UUID, call: Annotated[Call, Depends(calling("see_aftercare"))]
) -> AftercareView:
    """One aftercare, with its ETag."""

    async def read(uow: SqlNotificationsUnitOfWork) -> AftercareView:
        return aftercare_view(await uow.aftercare_plans.get(aftercare_id), uow.now)

    return await call.read(read)


@router.post("/{aftercare_id}/instructions", responses=problems(404, 409, 412))
async def deliver(
    aftercare_id: UUID,
    body: InstructionsBody,
    call: Annotated[Call, Depends(calling("deliver_instructions"))],
) -> AftercareView:
    """The client or the escort received the going-home instructions."""
    return await call.run(
        record_instructions,
        DeliverInstructions(
            aftercare_id=aftercare_id,
            recipient=body.recipient,
            channel=body.channel,
            at=body.at,
        ),
        _view_for(call),
    )


@router.post("/{aftercare_id}/acknowledgements", responses=problems(404, 409, 412))
async def acknowledge(
    aftercare_id: UUID,
    body: AcknowledgementBody,
    call: Annotated[Call, Depends(calling("acknowledge_instructions"))],
) -> AftercareView:
    """The client or the escort confirmed the instructions."""
    return await call.run(
        record_acknowledgement,
        AcknowledgeInstructions(aftercare_id=aftercare_id, recipient=body.recipient, at=body.at),
        _view_for(call),
    )


@router.post("/{aftercare_id}/escalation-resolution", responses=problems(404, 409, 412))
async def resolve(
    aftercare_id: UUID, call: Annotated[Call, Depends(calling("resolve_escalation"))]
) -> AftercareView:
    """The signed-in clinician says that the client is safe."""
    return await call.run(
        resolve_aftercare_escalations,
        ResolveAftercareEscalations(aftercare_id=aftercare_id),
        _view_for(call),
    )


def _view_for(call: Call) -> Callable[[AftercarePlan], AftercareView]:
    def view(plan: AftercarePlan) -> AftercareView:
        return aftercare_view(plan, call.context.now)

    return view
