"""A course as scheduling sees it: its standing, its preparation, its holds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.scheduling.domain.hold import HoldStatus, LiftReason
from services.scheduling.domain.preparation import PrepItem
from services.scheduling.handlers.considering import registered_course
from services.scheduling.handlers.keep_holds import (
    LiftHold,
    PlaceHold,
    lift_own_hold,
    place_own_hold,
)
from services.scheduling.handlers.run_therapy import preparation_of
from services.scheduling.handlers.sign_preparation import SignPreparation, sign_preparation
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import Body
from services.scheduling.web.course_views import CourseStandingView, course_standing
from services.scheduling.web.views import (
    HoldView,
    Page,
    PreparationView,
    hold_view,
    preparation_view,
)
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Prep
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["courses"])
Reading = Annotated[Call, Depends(calling("read_course"))]


class Checklist(BaseModel):
    """What the preparation covers (F49 to F51); left out means as it was said before."""

    model_config = {"extra": "forbid"}

    rapport_built: bool | None = None
    history_gathered: bool | None = None
    suitability_reassessed: bool | None = None
    intentions_set: bool | None = None
    coping_strategies_taught: bool | None = None
    differences_reviewed: bool | None = None

    def answered(self) -> dict[PrepItem, bool]:
        given = self.model_dump(exclude_none=True)
        return {PrepItem(name): done for name, done in given.items()}


class PreparationBody(Body):
    checklist: Checklist


class HoldBody(Body):
    category: HoldCategory = HoldCategory.LOGISTICS
    blocks: Annotated[list[HoldBlock] | None, Field(max_length=len(HoldBlock))] = None
    severity: HoldSeverity | None = None
    session_id: UUID | None = None


class LiftBody(Body):
    reason: LiftReason = LiftReason.RESOLVED


@router.get("/courses/{course_id}/standing", responses=problems(404))
async def standing(course_id: UUID, call: Reading) -> CourseStandingView:
    """What scheduling decided about the course, and what it was told."""

    async def read(uow: Uow) -> CourseStandingView:
        return await course_standing(uow, await registered_course(uow, course_id))

    return await call.read(read)


@router.get("/courses/{course_id}/preparation", responses=problems(404))
async def preparation(course_id: UUID, call: Reading) -> PreparationView:
    """How far the preparation has come."""

    async def read(uow: Uow) -> PreparationView:
        facts = await registered_course(uow, course_id)
        known = await preparation_of(uow, facts.client_id, facts.id)
        protocol = await uow.protocol_of(course_id)
        return preparation_view(known, protocol.prep)

    return await call.read(read)


@router.post("/courses/{course_id}/preparation", responses=problems(404, 409, 412))
async def sign(
    course_id: UUID,
    body: PreparationBody,
    call: Annotated[Call, Depends(calling("sign_preparation"))],
) -> PreparationView:
    """The therapist's checklist; signed once every item is covered, complete once enough were
    held."""

    async def read(uow: Uow) -> Prep:
        return (await uow.protocol_of(course_id)).prep

    rules = await call.read(read)
    command = SignPreparation(course_id=course_id, checklist=body.checklist.answered())
    return await call.run(sign_preparation, command, lambda p: preparation_view(p, rules))


@router.get("/courses/{course_id}/holds", responses=problems(404))
async def holds(course_id: UUID, call: Reading, status: HoldStatus | None = None) -> Page[HoldView]:
    """The holds that scheduling owns."""

    async def read(uow: Uow) -> Page[HoldView]:
        await registered_course(uow, course_id)
        wanted = {} if status is None else {"status": status.value}
        found = await uow.own_holds.list_by(course_id=course_id, **wanted)
        return Page(items=[hold_view(hold) for hold in found])

    return await call.read(read)


@router.post("/courses/{course_id}/holds", status_code=201, responses=problems(404, 409, 412))
async def place(
    course_id: UUID, body: HoldBody, call: Annotated[Call, Depends(calling("place_hold"))]
) -> HoldView:
    """A reason to wait that scheduling answers for."""
    command = PlaceHold(
        course_id=course_id,
        category=body.category,
        blocks=tuple(body.blocks) if body.blocks is not None else None,
        severity=body.severity,
        session_id=body.session_id,
    )
    return await call.run(place_own_hold, command, hold_view)


@router.post("/holds/{hold_id}/lift", responses=problems(404, 409, 412))
async def lift(
    hold_id: UUID,
    call: Annotated[Call, Depends(calling("lift_hold"))],
    body: LiftBody | None = None,
) -> HoldView:
    """Lifted, by a role that may."""
    command = LiftHold(hold_id=hold_id, reason=(body or LiftBody()).reason)
    return await call.run(lift_own_hold, command, hold_view)
