"""Discharge: shown first, then prescribing is asked, then the door opens or not (ruling 6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.desk_task import TaskKind
from services.scheduling.domain.discharge_checklist import discharge_checklist, open_items
from services.scheduling.domain.gate_discharge import (
    DischargeFacts,
    clearance_used,
    decide_discharge,
    escort_here,
)
from services.scheduling.domain.leaving import begin_discharge, discharge, return_to_clearable
from services.scheduling.domain.peer_answers import PrescribingWord
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import SessionStatus, Trigger
from services.scheduling.domain.starting import deciding
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.considering import TRY_AGAIN, known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Heard, Peers, UnitOfWork
from services.scheduling.handlers.tasks import open_task
from shared.decisions import Decision, Unproven, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeClient:
    session_id: UUID
    at: datetime | None = None


async def discharge_client(command: DischargeClient, begin: Begin, peers: Peers) -> Session:
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        left_at = stated_time(
            command.at,
            uow.now,
            what="discharge",
            not_before=session.end.at if session.end else None,
        )
        gate_id = uow.new_id()
        if session.allows(Trigger.BEGIN_DISCHARGE):
            by = Role(uow.actor.role)
            begun = begin_discharge(session, gate_id=gate_id, at=uow.now, by=by)
            session = await keep(uow, begun)
    if not deciding(session, SessionStatus.DISCHARGING, gate_id):
        await _refuse_early(command, begin, peers, session)
    answer = await peers.prescribing(course_id=session.course_id, session_id=session.id)
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        if not deciding(session, SessionStatus.DISCHARGING, gate_id):
            refuse("discharge-overtaken", "ruling 6", TRY_AGAIN, status=session.status.value)
        question = await _question(uow, session, answer)
        decision = decide_discharge(question)
        await _receipt(uow, decision, question)
        if decision.allowed:
            session = await keep(uow, await _discharged(uow, session, question, left_at))
            await _leave_a_task(uow, session)
            await uow.conclude(session)
        else:
            back = return_to_clearable(session, gate_id=gate_id, at=uow.now, by=Role.SYSTEM)
            await keep(uow, back)
    _require(decision)
    return session


async def _refuse_early(
    command: DischargeClient, begin: Begin, peers: Peers, session: Session
) -> None:
    """A client who is not clearable stays, with every reason; the state says it if nothing else."""
    answer = await peers.prescribing(course_id=session.course_id, session_id=session.id)
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        question = await _question(uow, session, answer)
        decision = decide_discharge(question)
        await _receipt(uow, decision, question)
    _require(decision)
    session.moved(Trigger.BEGIN_DISCHARGE, session.starts_at, Role.SYSTEM)
    refuse("clearance-just-arriving", "ruling 6", TRY_AGAIN, status=session.status.value)


async def _question(
    uow: UnitOfWork, session: Session, answer: Heard[PrescribingWord] | None
) -> DischargeFacts:
    return DischargeFacts(
        session=session,
        facts=await known_of(uow, session.course_id, session.client_id),
        prescribing=answer.word() if answer else None,
        recovery=(await uow.protocol_of(session.course_id)).recovery,
        now=uow.now,
    )


async def _receipt(uow: UnitOfWork, decision: Decision, question: DischargeFacts) -> None:
    session = question.session
    await uow.receipts.record(
        decision,
        question,
        subject_id=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        freshness=await uow.freshness(session.client_id),
    )


async def _discharged(
    uow: UnitOfWork, session: Session, question: DischargeFacts, left_at: datetime
) -> SessionChange:
    clearance_id, escort = clearance_used(question), escort_here(session)
    if clearance_id is None or escort is None:
        raise AssertionError("the gate let somebody go without clearance or escort")
    everything = await uow.sessions.list_by(client_id=session.client_id)
    others = tuple(other for other in everything if other.id != session.id)
    lines = discharge_checklist(session, others, question.facts, uow.now)
    return discharge(
        session,
        clearance_id=clearance_id,
        escort_id=escort.id,
        open_items=open_items(lines),
        left_at=left_at,
        at=uow.now,
        by=Role(uow.actor.role),
    )


async def _leave_a_task(uow: UnitOfWork, session: Session) -> None:
    """What of the checklist is still open is the front desk's, and kept nobody here (ruling 14)."""
    if session.leaving is None or not session.leaving.open_items:
        return
    await open_task(
        uow,
        TaskKind.COMPLETE_DISCHARGE_ITEMS,
        cause=session.id,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        details=session.leaving.open_items,
    )


def _require(decision: Decision) -> None:
    if any(refusal.slug == "prescribing-did-not-answer" for refusal in decision.refusals):
        raise Unproven(decision.refusals)
    decision.require()
