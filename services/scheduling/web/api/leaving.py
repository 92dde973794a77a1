"""The door."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, model_validator

from services.scheduling.domain.discharge_checklist import ChecklistItem, discharge_checklist
from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.left_against_advice import Capacity, LeavingReason
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.considering import booking_facts
from services.scheduling.handlers.discharge_client import DischargeClient, discharge_client
from services.scheduling.handlers.leave_unusually import (
    RecordLeftAgainstAdvice,
    TransferClient,
    record_left_against_advice,
    transfer_client,
)
from services.scheduling.handlers.record_manual_clearance import (
    RecordManualClearance,
    clear_manually,
)
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import Body, Moment, Stated
from services.scheduling.web.session_views import SessionView, shown
from services.scheduling.web.views import Page
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/sessions/{session_id}", tags=["leaving"])


class LeavingBody(Body):
    at: Stated = None


class LeftAgainstAdviceBody(Body):
    """``capacity`` is what was judged, and must say so when it was assessed."""

    capacity_assessed: bool
    escort_present: bool
    capacity: Capacity | None = None
    reason: LeavingReason = LeavingReason.NOT_STATED
    witness_ref: UUID | None = None
    at: Stated = None

    @model_validator(mode="after")
    def _one_word(self) -> Self:
        assessed = self.capacity not in {None, Capacity.NOT_ASSESSED}
        if self.capacity is not None and assessed != self.capacity_assessed:
            raise ValueError("capacity and capacity_assessed contradict each other")
        return self

    def judged(self) -> Capacity:
        """Without a word about it, who was assessed and let go had the capacity."""
        if self.capacity is not None:
            return self.capacity
        return Capacity.HAS_CAPACITY if self.capacity_assessed else Capacity.NOT_ASSESSED


class ManualClearanceBody(Body):
    """What two people state; the first is the caller."""

    stated_dose_count: Annotated[int, Field(ge=1, le=100)]
    last_dose_at: Moment
    second_ref: UUID
    second_role: Role
    reason_code: ManualClearanceReason
    cleared_at: Stated = None


class ChecklistLineView(BaseModel):
    """``floor`` items keep the client here, the others are done later if need be."""

    item: ChecklistItem
    done: bool
    waits_for: str | None
    floor: bool


@router.get("/discharge-checklist", responses=problems(404))
async def checklist(
    session_id: UUID, call: Annotated[Call, Depends(calling("read_sessions"))]
) -> Page[ChecklistLineView]:
    """What belongs to going home, and what each open item waits for."""

    async def read(uow: Uow) -> Page[ChecklistLineView]:
        known = await booking_facts(uow, await uow.sessions.get(session_id))
        lines = discharge_checklist(known.session, known.others, known.facts, uow.now)
        return Page(
            items=[
                ChecklistLineView(
                    item=line.item, done=line.done, waits_for=line.waits_for, floor=line.floor
                )
                for line in lines
            ]
        )

    return await call.read(read)


@router.post("/discharge", responses=problems(404, 409, 412))
async def discharge(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("discharge_client"))],
    body: LeavingBody | None = None,
) -> SessionView:
    """Home, with clearance and escort (G-DISCHARGE). Nothing missing lets anybody go."""
    command = DischargeClient(session_id=session_id, at=(body or LeavingBody()).at)
    return await call.run_gate(discharge_client, command, shown(call))


@router.post("/transfer", responses=problems(404, 409, 412))
async def transfer(
    session_id: UUID,
    call: Annotated[Call, Depends(calling("transfer_client"))],
    body: LeavingBody | None = None,
) -> SessionView:
    """Into another team's care, at once."""
    command = TransferClient(session_id=session_id, at=(body or LeavingBody()).at)
    return await call.run(transfer_client, command, shown(call))


@router.post("/left-against-advice", responses=problems(404, 409, 412))
async def left_against_advice(
    session_id: UUID,
    body: LeftAgainstAdviceBody,
    call: Annotated[Call, Depends(calling("leave_against_advice"))],
) -> SessionView:
    """The client walked out; a second person is named, or countersigns the task that this opens."""
    command = RecordLeftAgainstAdvice(
        session_id=session_id,
        capacity=body.judged(),
        escort_present=body.escort_present,
        reason=body.reason,
        witness_ref=body.witness_ref,
        at=body.at,
    )
    return await call.run(record_left_against_advice, command, shown(call))


@router.post("/manual-clearances", status_code=201, responses=problems(404, 409, 412))
async def manual_clearance(
    session_id: UUID,
    body: ManualClearanceBody,
    call: Annotated[Call, Depends(calling("clear_manually"))],
) -> SessionView:
    """Two named people clear, while prescribing does not answer (ruling 15)."""
    command = RecordManualClearance(
        session_id=session_id,
        stated_dose_count=body.stated_dose_count,
        last_dose_at=body.last_dose_at,
        second_ref=body.second_ref,
        second_role=body.second_role,
        reason_code=body.reason_code,
        cleared_at=body.cleared_at,
    )
    return await call.run_gate(clear_manually, command, shown(call))
