"""The care team's inbox: what the signed-in person was told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.notifications.domain.alerts import ROUTES, AlertKind, Severity
from services.notifications.domain.notice import NoticeStatus
from services.notifications.handlers.work_through import ReadNotice, read_inbox_notice
from services.notifications.persistence.queries import inbox_of, matching, page, unread
from services.notifications.persistence.tables import NOTICES
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api.paging import Cursor, Limit
from services.notifications.web.views import Listing, NoticeView, listing, notice_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/inbox", tags=["inbox"])


class UnreadView(BaseModel):
    """How many entries wait to be read."""

    total: int
    by_severity: dict[Severity, int]


@router.get("", responses=problems())
async def list_inbox(
    call: Annotated[Call, Depends(calling("see_inbox"))],
    *,
    course_id: UUID | None = None,
    status: NoticeStatus | None = None,
    kind: AlertKind | None = None,
    muted_too: bool = False,
    newest_first: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[NoticeView]:
    """Entries for the signed-in person, and for their role while nobody fills it."""

    async def read(uow: SqlNotificationsUnitOfWork) -> Listing[NoticeView]:
        muted = () if muted_too else await _muted(call, uow)
        found = await page(
            uow,
            NOTICES,
            inbox_of(call.actor.role, call.actor.ref, muted),
            *matching(NOTICES, course_id=course_id, status=status, kind=kind),
            after=cursor,
            limit=limit,
            newest_first=newest_first,
        )
        return listing(found, [notice_view(one) for one in found.items])

    return await call.read(read)


@router.get("/unread", responses=problems())
async def count_unread(call: Annotated[Call, Depends(calling("see_inbox"))]) -> UnreadView:
    """What the badge of the signed-in person shows."""

    async def read(uow: SqlNotificationsUnitOfWork) -> UnreadView:
        mine = inbox_of(call.actor.role, call.actor.ref, await _muted(call, uow))
        by_severity = dict.fromkeys(Severity, 0)
        for kind, count in (await unread(uow, mine)).items():
            by_severity[ROUTES[AlertKind(kind)].severity] += count
        return UnreadView(total=sum(by_severity.values()), by_severity=by_severity)

    return await call.read(read)


async def _muted(call: Call, uow: SqlNotificationsUnitOfWork) -> tuple[AlertKind, ...]:
    if call.actor.ref is None:
        return ()
    chosen = await uow.staff_preferences.find(call.actor.ref)
    return () if chosen is None else chosen.muted


@router.post("/{notice_id}/acknowledgement", responses=problems(404, 409, 412))
async def read_notice(
    notice_id: UUID, call: Annotated[Call, Depends(calling("read_notice"))]
) -> NoticeView:
    """The signed-in person has seen it."""
    return await call.run(read_inbox_notice, ReadNotice(notice_id=notice_id), notice_view)
