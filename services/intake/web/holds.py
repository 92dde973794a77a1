"""Holds of intake: placed, seen, and lifted by every role for itself."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.domain.course_so_far import foreign_holds
from services.intake.domain.hold import Hold
from services.intake.handlers.staff_holds import PlaceHold, SignLift, place_hold, sign_hold_lift
from services.intake.persistence.queries import list_holds
from services.intake.web.fields import Body, Text
from services.intake.web.paging import PAGE, Cursor, Most, cut
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["holds"])
Status = Literal["open", "lifted"]


class PlacingBody(Body):
    """``blocks`` and ``severity`` can be stricter than the category has them, never milder."""

    category: HoldCategory
    blocks: Annotated[tuple[HoldBlock, ...], Field(max_length=len(HoldBlock))] = ()
    severity: HoldSeverity | None = None
    session_id: UUID | None = None


class LiftBody(Body):
    safety_plan: Text | None = Field(
        default=None, description="What a hold for suicidality needs on record before it is lifted"
    )


class HoldView(BaseModel):
    """A hold of intake: what it blocks, and whose signatures are there and missing."""

    id: UUID
    course_id: UUID
    client_id: UUID
    status: str
    category: str
    blocks: list[str]
    severity: str
    cause: str
    session_id: UUID | None
    finding_ref: UUID | None
    placed_at: datetime
    placed_by_role: str
    signed_roles: list[str]
    missing_roles: list[str]
    safety_plan_recorded: bool
    lifted_at: datetime | None


class ForeignHoldView(BaseModel):
    """An open hold of another service, lifted there."""

    id: UUID
    owner: str
    category: str
    blocks: list[str]
    severity: str
    placed_at: datetime
    source_event: str


class HoldPage(BaseModel):
    items: list[HoldView]
    next_cursor: UUID | None


class CourseHolds(HoldPage):
    foreign: list[ForeignHoldView]


@router.get("/holds", responses=problems())
async def holds(
    call: Annotated[Call, Depends(calling("read_course"))],
    status: Status | None = None,
    cursor: Cursor = None,
    most: Most = PAGE,
) -> HoldPage:
    """Holds of intake, the oldest first."""

    async def read(uow: Any) -> HoldPage:
        found = await list_holds(uow, status=status, course_id=None, after=cursor, most=most)
        shown, following = cut(found, most)
        return HoldPage(items=[hold_view(hold) for hold in shown], next_cursor=following)

    return await call.read(read)


@router.get("/courses/{course_id}/holds", responses=problems(404))
async def course_holds(
    course_id: UUID,
    call: Annotated[Call, Depends(calling("read_course"))],
    status: Status | None = None,
    cursor: Cursor = None,
    most: Most = PAGE,
) -> CourseHolds:
    """The course's holds of intake, and the open ones of the other services."""

    async def read(uow: Any) -> CourseHolds:
        course = await uow.courses.get(course_id)
        facts = await uow.facts.get(course.id, course.client_id)
        found = await list_holds(uow, status=status, course_id=course.id, after=cursor, most=most)
        shown, following = cut(found, most)
        return CourseHolds(
            items=[hold_view(hold) for hold in shown],
            next_cursor=following,
            foreign=[
                ForeignHoldView(
                    id=told.value.hold_id,
                    owner=told.value.owner,
                    category=told.value.category,
                    blocks=list(told.value.blocks),
                    severity=told.value.severity,
                    placed_at=told.occurred_at,
                    source_event=told.event_id,
                )
                for told in foreign_holds(facts)
            ],
        )

    return await call.read(read)


@router.post("/courses/{course_id}/holds", status_code=201, responses=problems(404, 409, 412))
async def placing(
    course_id: UUID,
    body: PlacingBody,
    call: Annotated[Call, Depends(calling("place_hold"))],
) -> HoldView:
    """Place a hold."""
    command = PlaceHold(
        course_id=course_id,
        category=body.category,
        blocks=body.blocks,
        severity=body.severity,
        session_id=body.session_id,
    )
    return await call.run(place_hold, command, hold_view)


@router.post("/holds/{hold_id}/lift", responses=problems(404, 409, 412))
async def lift(
    hold_id: UUID,
    call: Annotated[Call, Depends(calling("sign_hold_lift"))],
    body: LiftBody = LiftBody(),
) -> HoldView:
    """Sign the lifting as oneself; the hold is lifted when no signature is missing."""
    command = SignLift(hold_id=hold_id, safety_plan=body.safety_plan)
    return await call.run(sign_hold_lift, command, hold_view)


def hold_view(hold: Hold) -> HoldView:
    return HoldView(
        id=hold.id,
        course_id=hold.course_id,
        client_id=hold.client_id,
        status=hold.status,
        category=hold.category,
        blocks=list(hold.blocks),
        severity=hold.severity,
        cause=hold.cause,
        session_id=hold.session_id,
        finding_ref=hold.finding_ref,
        placed_at=hold.placed_at,
        placed_by_role=hold.placed_by_role,
        signed_roles=list(hold.signed_roles),
        missing_roles=list(hold.missing_roles),
        safety_plan_recorded=hold.safety_plan is not None,
        lifted_at=hold.lifted_at,
    )
