"""A client's medicine: what is prescribed, what was given, what stands in the way."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.web.api import adverse_events, assessments, prescriptions, reviews
from services.prescribing.web.api.fields import Body
from services.prescribing.web.pages.about import about
from services.prescribing.web.pages.history import history
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}")
async def course(
    course_id: UUID, page: Annotated[Page, Depends(paged("see_standing"))]
) -> Response:
    """The course at a glance."""
    return await _course(page, course_id, Form())


@router.post("/{course_id}/prescriptions/{prescription_id}/confirmation")
async def confirm(
    course_id: UUID,
    prescription_id: UUID,
    page: Annotated[Page, Depends(paged("write_prescription"))],
) -> Response:
    """A second prescriber confirms a high amount."""

    async def act(_body: Body, call: Call) -> Any:
        return await prescriptions.confirm(prescription_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/courses/{course_id}",
        again=lambda form: _course(page, course_id, form),
    )


@router.post("/{course_id}/prescriptions/{prescription_id}/activation")
async def activate(
    course_id: UUID,
    prescription_id: UUID,
    page: Annotated[Page, Depends(paged("write_prescription"))],
) -> Response:
    """The draft becomes active, if everything that it needs is there."""

    async def act(_body: Body, call: Call) -> Any:
        return await prescriptions.activate(prescription_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/courses/{course_id}",
        again=lambda form: _course(page, course_id, form),
    )


async def _course(page: Page, course_id: UUID, form: Form) -> Response:
    call = page.call
    values: dict[str, Any] = {"written": None, "assessments": None, "history": None}
    values |= {"adverse": None, "tasks": None, "incidents": None}
    if page.may("see_prescriptions"):
        listed = await prescriptions.list_prescriptions(call, course_id=course_id, limit=200)
        values["written"] = sorted(listed.items, key=lambda rx: str(rx.id), reverse=True)
    if page.may("see_assessments"):
        found = await assessments.list_assessments(call, course_id=course_id, limit=200)
        values["assessments"] = list(reversed(found.items))
    if page.may("see_ledger"):
        values["history"] = await history(page, course_id)
    if page.may("see_adverse_events"):
        events = await adverse_events.list_adverse_events(call, course_id=course_id, limit=200)
        values["adverse"] = events.items
    if page.may("see_tasks"):
        tasks = await reviews.list_tasks(call, course_id=course_id, limit=200)
        values["tasks"] = [one for one in tasks.items if one.status == "open"]
        incidents = await reviews.list_incidents(call, course_id=course_id, limit=200)
        values["incidents"] = [one for one in incidents.items if one.status == "open"]
    return page.show("course.html", form=form, **await about(page, course_id), **values)
