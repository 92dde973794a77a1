"""Clearing a client to leave, and taking that back (rulings 6 and 16, INV-20 to 23)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.prescribing.domain.answers_of_peers import SchedulingAnswer
from services.prescribing.domain.clearance import (
    ClearanceFacts,
    clear,
    clearance_decision,
    clearing_role,
    rescind,
)
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_states import CLIENT_HAS_GONE
from services.prescribing.domain.vocabulary import IncidentCode, SessionOutcome
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.order_consequences import CLEARANCE_RUNS_OUT, keep_order
from services.prescribing.handlers.ports import Begin, Peers, UnitOfWork
from services.prescribing.handlers.sessions import orders_of, recovery_of
from services.prescribing.handlers.tasks import record_incident
from services.prescribing.handlers.tighten import found_grave
from shared.decisions import Decision, Refused, Unproven, refuse

LONGEST_AGO: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearForDischarge:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """When the therapy part ended, and who says so."""

    at: datetime | None
    source: str | None = None


async def clear_for_discharge(command: ClearForDischarge, begin: Begin, peers: Peers) -> Recovery:
    """Decided by the session's end that was told, else by scheduling's answer (ruling 16)."""
    async with begin() as uow:
        recovery = await recovery_of(uow, command.session_id)
        end = await _told_end(uow, recovery)
        decision, cleared = None, None
        if end.at is not None:
            decision, cleared = await _decide(uow, command, recovery, end)
    if cleared is not None:
        return cleared
    if decision is not None:
        raise Refused(decision.refusals)
    answer = await peers.scheduling(recovery.course_id, command.session_id)
    async with begin() as uow:
        recovery = await recovery_of(uow, command.session_id)
        said = answer.now()
        decision, cleared = await _decide(uow, command, recovery, _answered_end(said))
    if cleared is not None:
        return cleared
    silent = said is None or not said.usable
    raise Unproven(decision.refusals) if silent else Refused(decision.refusals)


async def _decide(
    uow: UnitOfWork, command: ClearForDischarge, recovery: Recovery, end: _End
) -> tuple[Decision, Recovery | None]:
    orders = await orders_of(uow, recovery.session_id)
    protocol = await uow.protocol_of(recovery.course_id)
    facts = ClearanceFacts(
        recovery=recovery,
        protocol=protocol,
        session_ended_at=end.at,
        session_end_source=end.source,
        medicine_out=any(order.medicine_out for order in orders),
        found=await found_grave(uow, recovery.course_id, recovery.client_id),
        by=clinician(uow),
        at=stated_at(command.at, uow.now, longest_ago=LONGEST_AGO),
    )
    decision = clearance_decision(facts)
    await uow.receipts.record(
        decision,
        facts,
        subject_id=recovery.session_id,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        freshness=await uow.freshness(recovery.client_id),
    )
    if not decision.allowed:
        return decision, None
    cleared = await _clear(uow, facts)
    await uow.conclude(cleared)
    return decision, cleared


async def _clear(uow: UnitOfWork, facts: ClearanceFacts) -> Recovery:
    recovery, ended_at = facts.recovery, facts.session_ended_at
    role = clearing_role(facts.by.role, facts.rules)
    if role is None or ended_at is None:
        raise Refused(clearance_decision(facts).refusals)
    for order in await orders_of(uow, recovery.session_id):
        if order.status is DoseOrderStatus.ADMINISTERED:
            await keep_order(uow, order.close(max(ended_at, recovery.last_dose_at)))
    cleared = await uow.recoveries.save(
        clear(
            recovery,
            uow.new_id(),
            by=facts.by,
            role=role,
            at=facts.at,
            validity=timedelta(minutes=facts.rules.clearance_validity_minutes),
        )
    )
    if cleared.clearance is not None:
        await uow.timers.set(
            CLEARANCE_RUNS_OUT,
            cleared.id,
            cleared.clearance.valid_until,
            client_id=cleared.client_id,
        )
    return cleared


async def _told_end(uow: UnitOfWork, recovery: Recovery) -> _End:
    course = await uow.facts.get(recovery.course_id, recovery.client_id)
    end = course.session(recovery.session_id).end(dosed=True)
    return _End(end.value.ended_at, end.event_id) if end is not None else _End(None)


def _answered_end(answer: SchedulingAnswer | None) -> _End:
    ended = (
        answer is not None
        and answer.usable
        and answer.therapy_ended
        and answer.outcome is not SessionOutcome.ABORTED_BEFORE_DOSE
    )
    return _End(answer.ended_at if answer is not None and ended else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RescindClearance:
    clearance_id: UUID


async def rescind_clearance(command: RescindClearance, begin: Begin, _peers: Peers) -> Recovery:
    """After the client has left there is nothing to take back: people are alarmed instead."""
    async with begin() as uow:
        recovery = await uow.recoveries.with_clearance(command.clearance_id)
        if recovery.open:
            rescinded = await uow.recoveries.save(rescind(recovery, command.clearance_id, uow.now))
            await uow.timers.cancel(CLEARANCE_RUNS_OUT, rescinded.id)
            await uow.conclude(rescinded)
            return rescinded
        await _alarm(uow, recovery, command.clearance_id)
    return refuse(
        "client-already-left",
        "ruling 6",
        CLIENT_HAS_GONE,
        clearance_id=str(command.clearance_id),
        ended=recovery.ended,
    )


async def _alarm(uow: UnitOfWork, recovery: Recovery, clearance_id: UUID) -> None:
    await uow.recoveries.save(recovery.alarm(uow.now))
    await record_incident(
        uow,
        IncidentCode.RESCINDED_AFTER_DISCHARGE,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        session_id=recovery.session_id,
        cause=f"clearance:{clearance_id}",
        at=uow.now,
    )
