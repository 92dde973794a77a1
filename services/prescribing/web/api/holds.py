"""Holds that prescribing owns, and adverse events."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.prescribing.domain.adverse_event import AdverseEventCode, AdverseEventStatus
from services.prescribing.domain.hold import HoldStatus
from services.prescribing.handlers.hold_course import (
    HoldCourse,
    LiftHold,
    hold_course,
    lift_hold,
)
from services.prescribing.handlers.record_adverse_event import (
    RecordAdverseEvent,
    ReportAdverseEvent,
    record_adverse_event,
    report_adverse_event,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import ADVERSE_EVENTS, HOLDS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import Body, Cursor, Limit, OwnCategory, StatedAt
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.records import (
    AdverseEventView,
    HoldView,
    adverse_event_view,
    hold_view,
)
from shared.protocol import HoldCategory
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["holds"])


class HoldBody(Body):
    category: OwnCategory
    session_id: UUID | None = None


class LiftBody(Body):
    """``safety_plan_recorded``: the signer states that a safety plan is on record (C-09)."""

    safety_plan_recorded: bool = False


class AdverseEventBody(Body):
    code: AdverseEventCode
    serious: bool
    at: StatedAt = None


@router.get("/holds", responses=problems())
async def list_holds(
    call: Annotated[Call, Depends(calling("see_holds"))],
    *,
    course_id: UUID | None = None,
    client_id: UUID | None = None,
    status: HoldStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[HoldView]:
    """Holds by course, client or status, with the signatures that are missing."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[HoldView]:
        found = await page(
            uow.connection,
            HOLDS,
            after=cursor,
            limit=limit,
            course_id=course_id,
            client_id=client_id,
            status=status,
        )
        return listing(found, hold_view)

    return await call.read(read)


@router.get("/holds/{hold_id}", responses=problems(404))
async def get_hold(hold_id: UUID, call: Annotated[Call, Depends(calling("see_holds"))]) -> HoldView:
    """One hold, with its ETag."""

    async def read(uow: SqlPrescribingUnitOfWork) -> HoldView:
        return hold_view(await uow.safety_holds.get(hold_id))

    return await call.read(read)


@router.post("/courses/{course_id}/holds", status_code=201, responses=problems(404, 409))
async def place(
    course_id: UUID, body: HoldBody, call: Annotated[Call, Depends(calling("hold_course"))]
) -> HoldView:
    """A finding of the day holds the course."""
    return await call.run(
        hold_course,
        HoldCourse(
            course_id=course_id,
            category=HoldCategory(body.category),
            session_id=body.session_id,
        ),
        hold_view,
    )


@router.post("/holds/{hold_id}/lift", responses=problems(404, 409, 412))
async def lift(
    hold_id: UUID,
    call: Annotated[Call, Depends(calling("lift_hold"))],
    body: LiftBody | None = None,
) -> HoldView:
    """The signed-in role signs; the hold is lifted once every role it needs has signed."""
    return await call.run(
        lift_hold,
        LiftHold(
            hold_id=hold_id,
            safety_plan_recorded=body.safety_plan_recorded if body else False,
        ),
        hold_view,
    )


@router.get("/adverse-events", responses=problems())
async def list_adverse_events(
    call: Annotated[Call, Depends(calling("see_adverse_events"))],
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: AdverseEventStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[AdverseEventView]:
    """Adverse events by session, course or status."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[AdverseEventView]:
        found = await page(
            uow.connection,
            ADVERSE_EVENTS,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        return listing(found, adverse_event_view)

    return await call.read(read)


@router.post("/sessions/{session_id}/adverse-events", status_code=201, responses=problems(404, 409))
async def record_adverse(
    session_id: UUID,
    body: AdverseEventBody,
    call: Annotated[Call, Depends(calling("record_adverse_event"))],
) -> AdverseEventView:
    """A side effect; a serious one holds the course and owes a report."""
    return await call.run(
        record_adverse_event,
        RecordAdverseEvent(session_id=session_id, code=body.code, serious=body.serious, at=body.at),
        adverse_event_view,
    )


@router.post("/adverse-events/{ae_id}/report", responses=problems(404, 409, 412))
async def report_adverse(
    ae_id: UUID, call: Annotated[Call, Depends(calling("report_adverse_event"))]
) -> AdverseEventView:
    """The report was sent, or the matter is closed."""
    return await call.run(report_adverse_event, ReportAdverseEvent(ae_id=ae_id), adverse_event_view)
