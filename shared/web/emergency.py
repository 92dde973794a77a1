"""Breaking the glass, and looking at who did."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from shared.storage.emergency import EmergencyAccess, EmergencyReason, Finding
from shared.web.calls import Call, calling
from shared.web.problems import problems
from shared.web.texts import NO_NUL

router = APIRouter(tags=["access"])


class EmergencyBody(BaseModel):
    """Why a record is opened, for so many minutes. The explanation stays in this service."""

    model_config = ConfigDict(extra="forbid")

    reason: EmergencyReason
    explanation: str = Field(min_length=10, max_length=2000, pattern=NO_NUL)
    minutes: int = Field(default=60, ge=1, le=60)


class ReviewBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    finding: Finding


class EmergencyAccessView(BaseModel):
    """Who opened whose record, until when, and what came of the review.

    ``explanation`` is told to whoever reviews.
    """

    id: UUID
    client_id: UUID
    role: str
    person_ref: UUID
    reason: EmergencyReason
    explanation: str
    begins_at: datetime
    ends_at: datetime
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    finding: Finding | None


@router.post("/clients/{client_id}/emergency-access", status_code=201, responses=problems(404, 409))
async def break_glass(
    client_id: UUID, body: EmergencyBody, call: Annotated[Call, Depends(calling("break_glass"))]
) -> EmergencyAccessView:
    """Read the record of a client whose team you are not on, for an hour at most.

    The id is the client's, or that of a course or session of theirs. It allows no command and lifts
    no block. The care team and who runs the clinic are told at once.
    """

    async def open_it(command: EmergencyBody, uow: Any) -> EmergencyAccess:
        opened: EmergencyAccess = await uow.emergencies.open(
            access_id=uow.new_id(),
            named=client_id,
            reason=command.reason,
            explanation=command.explanation,
            minutes=command.minutes,
        )
        return opened

    return await call.run(open_it, body, emergency_view)


@router.get("/emergency-accesses", responses=problems())
async def emergency_accesses(
    call: Annotated[Call, Depends(calling("review_emergency_access"))], reviewed_too: bool = False
) -> list[EmergencyAccessView]:
    """Records that were opened in an emergency and wait for a review, the latest first."""

    async def read(uow: Any) -> list[EmergencyAccessView]:
        listed = await uow.emergencies.listed(reviewed_too=reviewed_too)
        return [emergency_view(one) for one in listed]

    return await call.read(read)


@router.post("/emergency-accesses/{access_id}/review", responses=problems(404, 409))
async def review_emergency_access(
    access_id: UUID,
    body: ReviewBody,
    call: Annotated[Call, Depends(calling("review_emergency_access"))],
) -> EmergencyAccessView:
    """Say whether it was right, which closes the task."""

    async def review(command: ReviewBody, uow: Any) -> EmergencyAccess:
        reviewed: EmergencyAccess = await uow.emergencies.review(access_id, command.finding)
        return reviewed

    return await call.run(review, body, emergency_view)


def emergency_view(access: EmergencyAccess) -> EmergencyAccessView:
    return EmergencyAccessView(
        id=access.id,
        client_id=access.client_id,
        role=access.role,
        person_ref=access.person_ref,
        reason=EmergencyReason(access.reason_code),
        explanation=access.explanation,
        begins_at=access.begins_at,
        ends_at=access.ends_at,
        reviewed_at=access.reviewed_at,
        reviewed_by=access.reviewed_by,
        finding=None if access.finding is None else Finding(access.finding),
    )
