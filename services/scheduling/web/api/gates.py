"""The gates of a session as they stand by what is known here: shown, never decided by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.gate_discharge import doses_known
from services.scheduling.domain.gates import (
    DischargeFacts,
    Proposal,
    StartFacts,
    decide_booking,
    decide_discharge,
    decide_start,
)
from services.scheduling.domain.peer_answers import PrescribingWord
from services.scheduling.domain.projected_answers import (
    projected_intake,
    projected_prescribing,
)
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.considering import booking_facts, recency
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.views import FreshnessView, GateView, freshness_view, gate_view
from shared.storage import Freshness
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
        views = [await _book(uow, known)]
        if session.dosing:
            views.append(await _start(uow, known, freshness))
            views.append(_discharge(uow, known))
        return GatesView(
            session_id=session.id,
            status=session.status,
            evaluated_at=uow.now,
            gates=views,
            freshness={name: freshness_view(one) for name, one in freshness.items()},
        )

    return await call.read(read)


async def _book(uow: Uow, known: BookingFacts) -> GateView:
    session = known.session
    decision = decide_booking(
        Proposal(
            booking=known,
            clashes=() if session.over else await uow.resources.seen_clashes(session),
        )
    )
    return gate_view(decision, decides_by="what is known here")


async def _start(uow: Uow, known: BookingFacts, freshness: Mapping[str, Freshness]) -> GateView:
    session = known.session
    decision = decide_start(
        StartFacts(
            booking=known,
            intake=projected_intake(known.facts, known.preparation, known.protocol, uow.now),
            prescribing=_prescribing(known),
            heard=recency(freshness),
            occupied=await uow.resources.seen_occupied(session, dosing_only=False),
        )
    )
    return gate_view(decision, decides_by="the answers of intake and prescribing")


def _discharge(uow: Uow, known: BookingFacts) -> GateView:
    decision = decide_discharge(
        DischargeFacts(
            session=known.session,
            facts=known.facts,
            prescribing=_prescribing(known),
            recovery=known.protocol.recovery,
            now=uow.now,
        )
    )
    return gate_view(decision, decides_by="the answer of prescribing")


def _prescribing(known: BookingFacts) -> PrescribingWord:
    doses = doses_known(known.session, known.facts)
    return projected_prescribing(known.facts, str(known.session.id), doses, known.now)
