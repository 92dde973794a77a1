"""Urgent loops: who takes them, and who ends them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.domain.escalation import Cause, EscalationStatus
from services.notifications.handlers.answer_escalation import (
    AcknowledgeEscalation,
    ResolveEscalation,
    acknowledge_escalation,
    resolve_escalation,
)
from services.notifications.persistence.queries import being, matching, page
from services.notifications.persistence.tables import ESCALATIONS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import (
    EscalationView,
    Listing,
    escalation_view,
    listing,
)
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/escalations", tags=["escalations"])


@router.get("", responses=problems())
async def list_escalations(
    call: Annotated[Call, Depends(calling("see_escalations"))],
    *,
    course_id: UUID | None = None,
    aftercare_id: UUID | None = None,
    client_id: UUID | None = None,
    cause: Cause | None = None,
    open_only: bool = False,
    status: EscalationStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[EscalationView]:
    """The on-call board: urgent loops, the oldest first."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[EscalationView]:
        found = await page(
            uow,
            ESCALATIONS,
            *matching(
                ESCALATIONS,
                course_id=course_id,
                aftercare_id=aftercare_id,
                client_id=client_id,
                cause=cause,
                status=status,
            ),
            *being(
                ESCALATIONS,
                "status",
                {EscalationStatus.RESOLVED},
                False if open_only else None,
            ),
            after=cursor,
            limit=limit,
        )
        return listing(found, [escalation_view(one) for one in found.items])

    return await call.read(read)


@router.post("/{escalation_id}/acknowledgement", responses=problems(404, 409, 412))
async def acknowledge(
    escalation_id: UUID, call: Annotated[Call, Depends(calling("acknowledge_escalation"))]
) -> EscalationView:
    """The signed-in person takes it: nobody else is called."""
    return await call.run(
        acknowledge_escalation,
        AcknowledgeEscalation(escalation_id=escalation_id),
        escalation_view,
    )


@router.post("/{escalation_id}/resolution", responses=problems(404, 409, 412))
async def resolve(
    escalation_id: UUID, call: Annotated[Call, Depends(calling("resolve_escalation"))]
) -> EscalationView:
    """The signed-in clinician says that the client is safe."""
    return await call.run(
        resolve_escalation, ResolveEscalation(escalation_id=escalation_id), escalation_view
    )
