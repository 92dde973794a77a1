"""The inbox: what waits for the prescriber and the nurse, and settling what needs no form."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.adverse_event import AdverseEventStatus
from services.prescribing.domain.incident import IncidentStatus
from services.prescribing.domain.medical_assessment import AssessmentStatus
from services.prescribing.domain.pre_dose_check import PreDoseStatus
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.domain.review_task import TaskStatus
from services.prescribing.domain.summary_review import SummaryStatus
from services.prescribing.web.api import (
    adverse_events,
    assessments,
    pre_dose_checks,
    recoveries,
    reviews,
)
from services.prescribing.web.api.fields import Body
from services.prescribing.web.pages.about import who
from services.prescribing.web.pages.doses import awaited
from services.prescribing.web.pages.worklist import Seen, line, ordered
from services.prescribing.web.views.dosing import dose_order_view
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()

MOST: Final = 200
KINDS: Final = (
    "recoveries",
    "incidents",
    "adverse_events",
    "checks",
    "assessments",
    "summaries",
    "tasks",
)


@router.get("/")
async def inbox(
    page: Annotated[Page, Depends(paged("see_standing"))], kind: str | None = None
) -> Response:
    """Everything that waits, or one kind of it."""
    return await _inbox(page, kind, Form())


@router.post("/tasks/{task_id}/completion")
async def finish(task_id: UUID, page: Annotated[Page, Depends(paged("finish_task"))]) -> Response:
    """Somebody looked into it."""

    async def act(_body: Body, call: Call) -> Any:
        return await reviews.finish(task_id, call)

    return await page.submit(
        Body, act, then="/?kind=tasks", again=lambda form: _inbox(page, "tasks", form)
    )


@router.post("/incidents/{incident_id}/review")
async def review(
    incident_id: UUID, page: Annotated[Page, Depends(paged("review_incident"))]
) -> Response:
    """Somebody looked into it."""

    async def act(_body: Body, call: Call) -> Any:
        return await reviews.review_one(incident_id, call)

    return await page.submit(
        Body, act, then="/?kind=incidents", again=lambda form: _inbox(page, "incidents", form)
    )


async def _inbox(page: Page, kind: str | None, form: Form) -> Response:
    lines = ordered([line(seen, page.call.context.now) for seen in await _waiting(page)])
    counts = {one: sum(each.kind == one for each in lines) for one in KINDS}
    shown = [each for each in lines if kind is None or each.kind == kind]
    return page.show(
        "inbox.html",
        form=form,
        lines=shown,
        kind=kind if kind in KINDS else None,
        kinds=KINDS,
        counts=counts,
        names=await who(page, [each.client_id for each in shown]),
        settles={"tasks": page.may("finish_task"), "incidents": page.may("review_incident")},
    )


async def _waiting(page: Page) -> list[Seen]:
    """What is open of each kind that this person may see."""
    call = page.call
    found: list[Seen] = []
    if page.may("see_assessments"):
        open_ones = AssessmentStatus.OPEN
        found += (await assessments.list_assessments(call, status=open_ones, limit=MOST)).items
    if page.may("see_pre_dose_checks"):
        to_decide = PreDoseStatus.REVIEW
        found += (await pre_dose_checks.list_checks(call, status=to_decide, limit=MOST)).items
        found += [dose_order_view(one) for one in await awaited(page)]
    if page.may("see_summaries"):
        to_read = SummaryStatus.TO_REVIEW
        found += (await reviews.list_summaries(call, status=to_read, limit=MOST)).items
    if page.may("see_tasks"):
        found += (await reviews.list_tasks(call, status=TaskStatus.OPEN, limit=MOST)).items
    if page.may("see_incidents"):
        unseen = IncidentStatus.OPEN
        found += (await reviews.list_incidents(call, status=unseen, limit=MOST)).items
    if page.may("see_adverse_events"):
        owed = AdverseEventStatus.OPEN
        listed = await adverse_events.list_adverse_events(call, status=owed, limit=MOST)
        found += [one for one in listed.items if one.serious]
    if page.may("see_recoveries"):
        for status in RecoveryStatus:
            if status is not RecoveryStatus.CLOSED:
                found += (await recoveries.list_recoveries(call, status=status, limit=MOST)).items
    return found
