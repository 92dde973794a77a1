"""Escorts: promised, fallen through, at the clinic, and how they are reached."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.scheduling.domain.session import Session
from services.scheduling.handlers.cancel_escort import CancelEscort, cancel_escort
from services.scheduling.handlers.confirm_escort import (
    ConfirmEscort,
    NewEscort,
    confirm_escort,
)
from services.scheduling.handlers.record_escort_arrival import (
    RecordEscortArrival,
    record_escort_arrival,
)
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import AtBody, Body, Name, Phone, Stated
from services.scheduling.web.session_views import EscortView, escort_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["escorts"])


class EscortBody(Body):
    """A trusted adult. A rideshare alone is none, unless the clinic says so."""

    name: Name
    phone: Phone
    relationship: Name
    adult: bool
    rideshare: bool = False


class ArrivalBody(Body):
    identity_matched: bool
    at: Stated = None


class EscortContactView(BaseModel):
    """Private: shown to whoever has to reach the escort, and noted who saw it."""

    id: UUID
    session_id: UUID
    name: str
    phone: str
    relationship: str


def new_escort(body: EscortBody) -> NewEscort:
    return NewEscort(
        name=body.name,
        phone=body.phone,
        relationship=body.relationship,
        adult=body.adult,
        rideshare=body.rideshare,
    )


@router.post("/sessions/{session_id}/escorts", status_code=201, responses=problems(404, 409, 412))
async def confirm(
    session_id: UUID,
    body: EscortBody,
    call: Annotated[Call, Depends(calling("confirm_escort"))],
) -> EscortView:
    """Somebody promises to take the client home. The same person again is a new assignment."""
    command = ConfirmEscort(session_id=session_id, escort=new_escort(body))
    return await call.run(
        confirm_escort, command, lambda session: escort_view(session, session.escorts[-1])
    )


@router.post("/escorts/{escort_id}/cancellation", responses=problems(404, 409, 412))
async def cancellation(
    escort_id: UUID,
    call: Annotated[Call, Depends(calling("cancel_escort"))],
    body: AtBody | None = None,
) -> EscortView:
    """It fell through, for good."""

    def show(session: Session) -> EscortView:
        return _of(session, escort_id)

    command = CancelEscort(escort_id=escort_id, at=(body or AtBody()).at)
    return await call.run(cancel_escort, command, show)


@router.post("/escorts/{escort_id}/arrival", responses=problems(404, 409, 412))
async def arrival(
    escort_id: UUID,
    body: ArrivalBody,
    call: Annotated[Call, Depends(calling("record_escort_arrival"))],
) -> EscortView:
    """At the desk, and who was named, or not (INV-24)."""
    command = RecordEscortArrival(
        escort_id=escort_id, identity_matched=body.identity_matched, at=body.at
    )
    return await call.run(record_escort_arrival, command, lambda session: _of(session, escort_id))


@router.get("/escorts/{escort_id}/contact", responses=problems(404))
async def contact(
    escort_id: UUID, call: Annotated[Call, Depends(calling("read_escort_contact"))]
) -> EscortContactView:
    """How the escort is reached."""

    async def read(uow: Uow) -> EscortContactView:
        known = await uow.escort_contacts.get(escort_id)
        return EscortContactView(
            id=known.id,
            session_id=known.session_id,
            name=known.name,
            phone=known.phone,
            relationship=known.relationship,
        )

    return await call.read(read)


def _of(session: Session, escort_id: UUID) -> EscortView:
    return next(escort_view(session, e) for e in session.escorts if e.id == escort_id)
