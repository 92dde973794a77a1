"""Check-ins: whom to call, and how it went."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime

from services.notifications.domain.check_in import CheckInStatus
from services.notifications.handlers.complete_check_in import CompleteCheckIn, record_check_in
from services.notifications.persistence.queries import due_by, matching, page
from services.notifications.persistence.tables import CHECK_INS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.bodies import CheckInBody
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import CheckInView, Listing, check_in_view, listing
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/check-ins", tags=["check-ins"])


@router.get("", responses=problems())
async def list_check_ins(
    call: Annotated[Call, Depends(calling("see_check_ins"))],
    *,
    course_id: UUID | None = None,
    session_id: UUID | None = None,
    aftercare_id: UUID | None = None,
    client_id: UUID | None = None,
    due_before: AwareDatetime | None = None,
    status: CheckInStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[CheckInView]:
    """Check-ins by course, session, aftercare, client, status, or when they are due."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[CheckInView]:
        found = await page(
            uow,
            CHECK_INS,
            *matching(
                CHECK_INS,
                course_id=course_id,
                session_id=session_id,
                aftercare_id=aftercare_id,
                client_id=client_id,
                status=status,
            ),
            *due_by(CHECK_INS, due_before),
            after=cursor,
            limit=limit,
        )
        return listing(found, [check_in_view(one) for one in found.items])

    return await call.read(read)


@router.post("/{checkin_id}/completion", responses=problems(404, 409, 412))
async def complete(
    checkin_id: UUID,
    body: CheckInBody,
    call: Annotated[Call, Depends(calling("complete_check_in"))],
) -> CheckInView:
    """Somebody reached the client, or tried in vain. A concern, or no response, escalates."""
    return await call.run(
        record_check_in,
        CompleteCheckIn(checkin_id=checkin_id, outcome=body.outcome, at=body.at),
        check_in_view,
    )
