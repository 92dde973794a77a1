"""The gates of a session as they stand by what is known here: shown, never decided by."""

from collections.abc import Mapping

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.closing_undosed import decide_undosed
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
from services.scheduling.handlers.considering import recency
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.views import GateView, gate_view
from shared.storage import Freshness


async def every_gate(
    uow: Uow, known: BookingFacts, freshness: Mapping[str, Freshness]
) -> list[GateView]:
    """Booking, for a dosing session start and discharge, and what an aborted one waits for."""
    views = [await _book(uow, known)]
    if known.session.dosing:
        views.append(await _start(uow, known, freshness))
        views.append(_discharge(uow, known))
    if known.session.status is SessionStatus.ABORTED:
        views.append(_closing(known))
    return views


async def gates_ahead(
    uow: Uow, known: BookingFacts, freshness: Mapping[str, Freshness]
) -> list[GateView]:
    """The gates that the session still has to pass; none once it is over."""
    session = known.session
    if session.before_start:
        return (await every_gate(uow, known, freshness))[:2]
    if session.status is SessionStatus.ABORTED:
        return [_closing(known)]
    if session.dosing and session.client_is_here:
        return [_discharge(uow, known)]
    return []


async def _book(uow: Uow, known: BookingFacts) -> GateView:
    session = known.session
    decision = decide_booking(
        Proposal(
            booking=known,
            clashes=() if session.over else await uow.resources.seen_clashes(session),
        )
    )
    return gate_view(decision, decides_by="what is known here", about=known.session)


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
    return gate_view(
        decision, decides_by="the answers of intake and prescribing", about=known.session
    )


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
    return gate_view(decision, decides_by="the answer of prescribing", about=known.session)


def _closing(known: BookingFacts) -> GateView:
    """Aborted before a dose: no clearance is needed, only the word that there was none."""
    decision = decide_undosed(known.session, known.facts)
    return gate_view(decision, decides_by="what prescribing told", about=known.session)


def _prescribing(known: BookingFacts) -> PrescribingWord:
    doses = doses_known(known.session, known.facts)
    return projected_prescribing(known.facts, str(known.session.id), doses, known.now)
