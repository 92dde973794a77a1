"""Start a session. A dosing session goes through G-START, with the flag up first (ruling 7).

Three moments: the flag is committed, so that whoever closes, revokes or cancels meanwhile sees it
or is seen; the owners are asked, with no transaction open; then it is decided by their answers,
in the transaction that starts or takes the flag down.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.gate_start import StartFacts, decide_start, supervisor_of
from services.scheduling.domain.peer_answers import IntakeWord, PrescribingWord
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.starting import (
    deciding,
    lower_ready,
    raise_ready,
    start_dosing,
    start_talk,
)
from services.scheduling.handlers.considering import TRY_AGAIN, booking_facts, recency
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Heard, Peers, UnitOfWork
from services.scheduling.handlers.receive_client import require_free
from shared.decisions import Decision, Unproven, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession:
    session_id: UUID


async def start_session(command: StartSession, begin: Begin, peers: Peers) -> Session:
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        if not session.dosing:
            return await _start_talk(session, uow)
        gate_id = uow.new_id()
        by = Role(uow.actor.role)
        await keep(uow, raise_ready(session, gate_id=gate_id, at=uow.now, by=by))
    intake, prescribing = await asyncio.gather(
        peers.intake(course_id=session.course_id),
        peers.prescribing(course_id=session.course_id, session_id=session.id),
    )
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        if not deciding(session, SessionStatus.READY, gate_id):
            refuse("start-overtaken", "ruling 7", TRY_AGAIN, status=session.status.value)
        facts = await _facts(uow, session, intake, prescribing)
        decision = decide_start(facts)
        await uow.receipts.record(
            decision,
            facts,
            subject_id=session.id,
            client_id=session.client_id,
            course_id=session.course_id,
            freshness=await uow.freshness(session.client_id),
        )
        if decision.allowed:
            session = await keep(uow, _started(uow, session, facts))
            await uow.conclude(session)
        else:
            await keep(uow, lower_ready(session, gate_id=gate_id, at=uow.now, by=Role.SYSTEM))
    _require(decision)
    return session


async def _start_talk(session: Session, uow: UnitOfWork) -> Session:
    """A talk needs nobody's answer, only a free room and a free therapist (INV-36)."""
    change = start_talk(session, at=uow.now, by=Role(uow.actor.role))
    require_free(session, await uow.resources.occupied(session, dosing_only=False))
    started = await keep(uow, change)
    await uow.conclude(started)
    return started


async def _facts(
    uow: UnitOfWork,
    session: Session,
    intake: Heard[IntakeWord] | None,
    prescribing: Heard[PrescribingWord] | None,
) -> StartFacts:
    return StartFacts(
        booking=await booking_facts(uow, session),
        intake=intake.word() if intake else None,
        prescribing=prescribing.word() if prescribing else None,
        heard=recency(await uow.freshness(session.client_id)),
        occupied=await uow.resources.occupied(session, dosing_only=False),
    )


def _started(uow: UnitOfWork, session: Session, facts: StartFacts) -> SessionChange:
    order = facts.prescribing.order if facts.prescribing else None
    supervisor = supervisor_of(facts.booking)
    if order is None or supervisor is None or session.assent.id is None:
        raise AssertionError("the gate allowed a start without order, supervisor or assent")
    return start_dosing(
        session,
        assent_id=session.assent.id,
        supervisor_ref=UUID(supervisor),
        dose_order_id=UUID(order.id),
        at=uow.now,
        by=Role(uow.actor.role),
    )


def _require(decision: Decision) -> None:
    """A peer that did not answer makes it unproven; every other refusal is told with it."""
    silent = {"intake-did-not-answer", "prescribing-did-not-answer"}
    if any(refusal.slug in silent for refusal in decision.refusals):
        raise Unproven(decision.refusals)
    decision.require()
