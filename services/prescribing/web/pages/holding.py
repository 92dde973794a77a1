"""Holds: all that prescribing has placed, those of a course, and signing that one is lifted."""

from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.hold import HoldStatus, LiftReason
from services.prescribing.persistence.queries import count_holds
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import holds
from services.prescribing.web.api.fields import Cursor, OwnCategory
from services.prescribing.web.api.holds import HoldBody, LiftBody
from services.prescribing.web.pages.about import about, who
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/holds")
async def all_holds(
    page: Annotated[Page, Depends(paged("see_holds"))],
    status: HoldStatus = HoldStatus.OPEN,
    cursor: Cursor = None,
) -> Response:
    """What prescribing holds, the oldest first."""
    found = await holds.list_holds(page.call, status=status, cursor=cursor, limit=100)
    names = await who(page, [hold.client_id for hold in found.items])

    async def counted(uow: SqlPrescribingUnitOfWork) -> dict[str, int]:
        return await count_holds(uow)

    counts = await page.call.read(counted)
    return page.show("holds.html", holds=found, kind=status.value, names=names, counts=counts)


@router.get("/courses/{course_id}/holds")
async def course_holds(
    course_id: UUID, page: Annotated[Page, Depends(paged("see_holds"))]
) -> Response:
    """What holds this course, here and elsewhere."""
    return await _holds(page, course_id, Form())


@router.post("/courses/{course_id}/holds")
async def place(course_id: UUID, page: Annotated[Page, Depends(paged("hold_course"))]) -> Response:
    """Hold the course."""
    return await page.submit(
        HoldBody,
        lambda body, call: holds.place(course_id, body, call),
        then=f"/courses/{course_id}/holds",
        again=lambda form: _holds(page, course_id, form),
    )


@router.post("/courses/{course_id}/holds/{hold_id}/lift")
async def lift(
    course_id: UUID, hold_id: UUID, page: Annotated[Page, Depends(paged("lift_hold"))]
) -> Response:
    """Sign as oneself that the hold may be lifted."""
    return await page.submit(
        LiftBody,
        lambda body, call: holds.lift(hold_id, call, body),
        then=f"/courses/{course_id}/holds",
        again=lambda form: _holds(page, course_id, form),
    )


async def _holds(page: Page, course_id: UUID, form: Form) -> Response:
    return page.show(
        "course_holds.html",
        form=form,
        holds=await holds.list_holds(page.call, course_id=course_id, limit=200),
        categories=get_args(OwnCategory),
        reasons=[one.value for one in LiftReason],
        **await about(page, course_id),
    )
