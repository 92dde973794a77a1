"""The gates of a session: every rule, and what would unblock it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.scheduling.domain.readiness import readiness
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.considering import booking_facts
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.board_views import ReadinessLine, readiness_line
from services.scheduling.web.gate_views import every_gate
from services.scheduling.web.views import FreshnessView, GateView, freshness_view
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["gates"])


class GatesView(BaseModel):
    """Each gate of the session, and how fresh what it was evaluated from is."""

    session_id: UUID
    status: SessionStatus
    evaluated_at: datetime
    gates: list[GateView]
    freshness: dict[str, FreshnessView]


@router.get("/sessions/{session_id}/gates", responses=problems(404))
async def gates(
    session_id: UUID, call: Annotated[Call, Depends(calling("read_gates"))]
) -> GatesView:
    """Booking, and for a dosing session start and discharge: every rule, and what would unblock."""

    async def read(uow: Uow) -> GatesView:
        session = await uow.sessions.get(session_id)
        known = await booking_facts(uow, session)
        freshness = await uow.freshness(session.client_id)
        return GatesView(
            session_id=session.id,
            status=session.status,
            evaluated_at=uow.now,
            gates=await every_gate(uow, known, freshness),
            freshness={name: freshness_view(one) for name, one in freshness.items()},
        )

    return await call.read(read)


async def readiness_of(session_id: UUID, call: Call) -> ReadinessLine:
    """What this booked session still lacks, as the readiness list of its day says it."""

    async def read(uow: Uow) -> ReadinessLine:
        known = await booking_facts(uow, await uow.sessions.get(session_id))
        return readiness_line(known.session, readiness(known))

    return await call.read(read)
