"""The care team's inbox: what the signed-in person was told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.domain.notice import NoticeStatus
from services.notifications.handlers.work_through import ReadNotice, read_inbox_notice
from services.notifications.persistence.queries import inbox_of, matching, page
from services.notifications.persistence.tables import NOTICES
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import Listing, NoticeView, listing, notice_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/inbox", tags=["inbox"])


@router.get("", responses=problems())
async def list_inbox(
    call: Annotated[Call, Depends(calling("see_inbox"))],
    *,
    course_id: UUID | None = None,
    status: NoticeStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[NoticeView]:
    """Entries for the signed-in person, and for their role while nobody fills it."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[NoticeView]:
        found = await page(
            uow.connection,
            NOTICES,
            inbox_of(call.actor.role, call.actor.ref),
            *matching(NOTICES, course_id=course_id, status=status),
            after=cursor,
            limit=limit,
        )
        return listing(found, [notice_view(one) for one in found.items])

    return await call.read(read)


@router.post("/{notice_id}/acknowledgement", responses=problems(404, 409, 412))
async def read_notice(
    notice_id: UUID, call: Annotated[Call, Depends(calling("read_notice"))]
) -> NoticeView:
    """The signed-in person has seen it."""
    return await call.run(read_inbox_notice, ReadNotice(notice_id=notice_id), notice_view)
