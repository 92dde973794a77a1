"""Adverse events: recorded, found serious, reported."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.prescribing.domain.adverse_event import (
    AdverseEventCode,
    AdverseEventStatus,
    SeriousCriterion,
)
from services.prescribing.handlers.record_adverse_event import (
    FindAdverseEventSerious,
    RecordAdverseEvent,
    ReportAdverseEvent,
    find_adverse_event_serious,
    record_adverse_event,
    report_adverse_event,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import ADVERSE_EVENTS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import Body, Cursor, Limit, StatedAt
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.records import AdverseEventView, adverse_event_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["adverse events"])


class AdverseEventBody(Body):
    """Not serious unless it is said, or one of ``criteria`` makes it so."""

    code: AdverseEventCode
    serious: bool = False
    criteria: Annotated[tuple[SeriousCriterion, ...], Field(max_length=6)] = ()
    at: StatedAt = None


class SeriousnessBody(Body):
    criteria: Annotated[tuple[SeriousCriterion, ...], Field(min_length=1, max_length=6)]


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
            uow,
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
        RecordAdverseEvent(
            session_id=session_id,
            code=body.code,
            serious=body.serious,
            criteria=body.criteria,
            at=body.at,
        ),
        adverse_event_view,
    )


@router.post("/adverse-events/{ae_id}/seriousness", responses=problems(404, 409, 412))
async def find_serious(
    ae_id: UUID,
    body: SeriousnessBody,
    call: Annotated[Call, Depends(calling("find_adverse_event_serious"))],
) -> AdverseEventView:
    """It turned out to be serious: the course is held, and a report is owed."""
    return await call.run(
        find_adverse_event_serious,
        FindAdverseEventSerious(ae_id=ae_id, criteria=body.criteria),
        adverse_event_view,
    )


@router.post("/adverse-events/{ae_id}/report", responses=problems(404, 409, 412))
async def report_adverse(
    ae_id: UUID, call: Annotated[Call, Depends(calling("report_adverse_event"))]
) -> AdverseEventView:
    """The report was sent, or the matter is closed."""
    return await call.run(report_adverse_event, ReportAdverseEvent(ae_id=ae_id), adverse_event_view)
