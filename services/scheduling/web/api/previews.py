"""What a booking would be told, before anybody asks for it: the conflicts before the drop."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.scheduling.handlers.book_session import preview_booking
from services.scheduling.handlers.move_session import preview_rescheduling
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.booking_bodies import BookingBody, RescheduleBody
from services.scheduling.web.views import GateView, gate_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["calendar"])
_BY = "what is known here"


@router.post("/sessions/preview", responses=problems(404, 409))
async def booking(
    body: BookingBody, call: Annotated[Call, Depends(calling("book_session"))]
) -> GateView:
    """Every rule of G-BOOK for a session that nobody has booked; nothing is promised by it."""

    async def read(uow: Uow) -> GateView:
        return gate_view(await preview_booking(body.command(), uow), decides_by=_BY)

    return await call.read(read)


@router.post("/sessions/{session_id}/reschedule/preview", responses=problems(404, 409, 412))
async def rescheduling(
    session_id: UUID,
    body: RescheduleBody,
    call: Annotated[Call, Depends(calling("reschedule_session"))],
) -> GateView:
    """Every rule of G-BOOK for the session as it would be; nothing is moved by it."""

    async def read(uow: Uow) -> GateView:
        decision = await preview_rescheduling(body.command(session_id), uow)
        return gate_view(decision, decides_by=_BY)

    return await call.read(read)
