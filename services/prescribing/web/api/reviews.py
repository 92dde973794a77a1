"""What waits for the prescriber: summaries, tasks, incidents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.prescribing.domain.incident import IncidentStatus
from services.prescribing.domain.review_task import TaskStatus
from services.prescribing.domain.summary_review import SummaryStatus
from services.prescribing.domain.vocabulary import ReviewOutcome
from services.prescribing.handlers.review import (
    FinishTask,
    ReviewIncident,
    ReviewSummary,
    finish_task,
    review_incident,
    review_summary,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import INCIDENTS, SUMMARIES, TASKS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.about import about_summary
from services.prescribing.web.api.fields import Body, Cursor, Limit
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.records import (
    IncidentView,
    SummaryReviewView,
    TaskView,
    incident_view,
    summary_view,
    task_view,
)
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["reviews"])


class SummaryReviewBody(Body):
    review_outcome: ReviewOutcome


@router.get("/summary-reviews", responses=problems())
async def list_summaries(
    call: Annotated[Call, Depends(calling("see_summaries"))],
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: SummaryStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[SummaryReviewView]:
    """Summaries that are awaited, to review, or reviewed."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[SummaryReviewView]:
        found = await page(
            uow,
            SUMMARIES,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        return listing(found, summary_view)

    return await call.read(read)


@router.post("/sessions/{session_id}/summary-review", responses=problems(404, 409, 412))
async def review(
    session_id: UUID,
    body: SummaryReviewBody,
    call: Annotated[Call, Depends(calling("review_summary"))],
) -> SummaryReviewView:
    """The prescriber read the summary: go on, adjust, or hold the next dose."""
    return await (await about_summary(call, session_id)).run(
        review_summary,
        ReviewSummary(session_id=session_id, outcome=body.review_outcome),
        summary_view,
    )


@router.get("/tasks", responses=problems())
async def list_tasks(
    call: Annotated[Call, Depends(calling("see_tasks"))],
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: TaskStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[TaskView]:
    """What events left behind to look into."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[TaskView]:
        found = await page(
            uow,
            TASKS,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        return listing(found, task_view)

    return await call.read(read)


@router.post("/tasks/{task_id}/completion", responses=problems(404, 409, 412))
async def finish(task_id: UUID, call: Annotated[Call, Depends(calling("finish_task"))]) -> TaskView:
    """Somebody looked into it."""
    return await call.run(finish_task, FinishTask(task_id=task_id), task_view)


@router.get("/incidents", responses=problems())
async def list_incidents(
    call: Annotated[Call, Depends(calling("see_incidents"))],
    *,
    session_id: UUID | None = None,
    course_id: UUID | None = None,
    status: IncidentStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Listing[IncidentView]:
    """What went against the rules, or against itself."""

    async def read(uow: SqlPrescribingUnitOfWork) -> Listing[IncidentView]:
        found = await page(
            uow,
            INCIDENTS,
            after=cursor,
            limit=limit,
            session_id=session_id,
            course_id=course_id,
            status=status,
        )
        return listing(found, incident_view)

    return await call.read(read)


@router.post("/incidents/{incident_id}/review", responses=problems(404, 409, 412))
async def review_one(
    incident_id: UUID, call: Annotated[Call, Depends(calling("review_incident"))]
) -> IncidentView:
    """Somebody looked into it."""
    return await call.run(review_incident, ReviewIncident(incident_id=incident_id), incident_view)
