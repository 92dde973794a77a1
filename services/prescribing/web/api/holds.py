"""Holds that prescribing owns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.prescribing.domain.hold import HoldStatus, LiftReason
from services.prescribing.handlers.hold_course import (
    HoldCourse,
    LiftHold,
    hold_course,
    lift_hold,
)
from services.prescribing.persistence.queries import page
from services.prescribing.persistence.tables import HOLDS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api.fields import Body, Cursor, Limit, OwnCategory
from services.prescribing.web.views.listing import Listing, listing
from services.prescribing.web.views.records import HoldView, hold_view
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
    reason_code: LiftReason = LiftReason.RESOLVED


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
            uow,
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
    said = body or LiftBody()
    return await call.run(
        lift_hold,
        LiftHold(
            hold_id=hold_id,
            safety_plan_recorded=said.safety_plan_recorded,
            reason=said.reason_code,
        ),
        hold_view,
    )
