"""Two named people clear a client while prescribing does not answer (ruling 15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.domain.accompanying import record_manual_clearance as recorded
from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.gate_manual import ManualFacts, decide_manual
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.handlers.considering import known_of
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import refuse
from shared.protocol import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordManualClearance:
    session_id: UUID
    stated_dose_count: int
    last_dose_at: datetime
    second_ref: UUID
    second_role: Role
    reason_code: ManualClearanceReason
    cleared_at: datetime | None = None


async def clear_manually(command: RecordManualClearance, begin: Begin, peers: Peers) -> Session:
    """Only while prescribing is silent, and only what fits everything that was seen."""
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
    answer = await peers.prescribing(course_id=session.course_id, session_id=session.id)
    async with begin() as uow:
        session = await uow.sessions.get(command.session_id)
        rules = (await uow.protocol_of(session.course_id)).recovery
        second = await uow.clinicians.find(command.second_ref)
        clearance = _stated(uow, command, session, second=second, rules=rules)
        question = ManualFacts(
            session=session,
            clearance=clearance,
            second_known=second is not None,
            facts=await known_of(uow, session.course_id, session.client_id),
            answered=answer is not None,
            recovery=rules,
            now=uow.now,
        )
        decision = decide_manual(question)
        await uow.receipts.record(
            decision,
            question,
            subject_id=session.id,
            client_id=session.client_id,
            course_id=session.course_id,
            freshness=await uow.freshness(session.client_id),
        )
        if decision.allowed:
            session = await keep(uow, recorded(session, clearance))
            await uow.conclude(session)
    decision.require()
    return session


def _stated(
    uow: UnitOfWork,
    command: RecordManualClearance,
    session: Session,
    *,
    second: Clinician | None,
    rules: Recovery,
) -> ManualClearance:
    first = uow.actor.ref
    if first is None:
        refuse("two-named-people-needed", "INV-40", role=uow.actor.role)
    cleared_at = stated_time(
        command.cleared_at, uow.now, what="clearance", not_before=session.doses.last_at
    )
    validity = timedelta(minutes=rules.clearance_validity_minutes)
    return ManualClearance(
        id=uow.new_id(),
        stated_dose_count=command.stated_dose_count,
        last_dose_at=stated_time(command.last_dose_at, uow.now, what="last-dose"),
        cleared_at=cleared_at,
        valid_until=cleared_at + validity,
        reason_code=command.reason_code,
        first_ref=first,
        first_role=Role(uow.actor.role),
        second_ref=command.second_ref,
        second_role=second.role if second else command.second_role,
    )
