"""The pre-dose check of the day, and the prescriber's word on a review (C-06, INV-14, J3, J9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.effects import context_of
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.pre_dose_gate import CheckFacts, check_decision
from services.prescribing.domain.predose_grading import (
    FOUND,
    MOOD_HIGH,
    Circumstances,
    Readings,
)
from services.prescribing.domain.vocabulary import CheckOutcome
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import orders_of
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPreDoseCheck:
    session_id: UUID
    readings: Readings
    at: datetime | None = None


async def record_pre_dose_check(command: RecordPreDoseCheck, uow: UnitOfWork) -> PreDoseCheck:
    """Grade the readings; what they make necessary is placed or lifted at once."""
    order = (await orders_of(uow, command.session_id))[-1]
    await _need_session_to_come(uow, order)
    who, at = clinician(uow), stated_at(command.at, uow.now)
    checks = await awaited_check(uow, order)
    protocol = await uow.protocol_of(order.course_id)
    facts = CheckFacts(
        readings=command.readings,
        known=await _circumstances(uow, order, at),
        thresholds=protocol.predose,
    )
    await uow.receipts.record(
        check_decision(facts),
        facts,
        subject_id=order.session_id,
        client_id=order.client_id,
        course_id=order.course_id,
        freshness=await uow.freshness(order.client_id),
    )
    checks = await uow.checks.save(
        checks.record(
            uow.new_id(),
            command.readings,
            protocol.predose,
            by=who,
            at=at,
            known=facts.known,
        )
    )
    await _follow(uow, checks, who, at)
    return await uow.checks.get(checks.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptPreDoseCheck:
    check_id: UUID
    reason: str


async def accept_pre_dose_check(command: AcceptPreDoseCheck, uow: UnitOfWork) -> PreDoseCheck:
    """Only a prescriber passes a review (section 3.7)."""
    checks = await uow.checks.with_check(command.check_id)
    who = clinician(uow)
    accepted = await uow.checks.save(
        checks.accept(command.check_id, command.reason, by=who, at=uow.now)
    )
    await _follow(uow, accepted, who, uow.now)
    return await uow.checks.get(accepted.id)


async def awaited_check(uow: UnitOfWork, order: DoseOrder) -> PreDoseCheck:
    """The session's checks, begun now if nobody has measured yet."""
    known = await uow.checks.find_by(session_id=order.session_id)
    if known is not None:
        return known
    awaited: Change[PreDoseCheck, DomainEvent] = Change(
        PreDoseCheck.awaited(
            uow.new_id(),
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
        )
    )
    return await uow.checks.save(awaited)


async def _circumstances(uow: UnitOfWork, order: DoseOrder, at: datetime) -> Circumstances:
    """What earlier checks answered, and whether a dose is on board (a further dose, C-08)."""
    series = await uow.checks.list_by(course_id=order.course_id)
    answered = {
        checks.session_id
        for checks in series
        for check in checks.checks
        if check.readings.pregnancy_test.answered
    }
    recovery = await uow.recoveries.find_by(session_id=order.session_id)
    return Circumstances(
        tested_in_course=bool(answered),
        tested_in_session=order.session_id in answered,
        context=context_of(at, recovery.effects_until if recovery is not None else None),
    )


async def _follow(uow: UnitOfWork, checks: PreDoseCheck, who: Clinician, at: datetime) -> None:
    latest = checks.latest
    if latest is None:
        return
    cause = f"pre-dose-check:{checks.session_id}"
    holding = set(latest.grading.holding)
    if latest.outcome is CheckOutcome.HOLD and holding - latest.grading.findings:
        await _hold(uow, checks, HoldCategory.VITALS, cause, at)
    for found in sorted(holding & FOUND.keys()):
        await _hold(uow, checks, FOUND[found], f"{found}:{checks.session_id}", at)
    if latest.outcome is CheckOutcome.HOLD and MOOD_HIGH in holding:
        category = latest.readings.mood_concern.category
        await _hold(uow, checks, category, f"mood-rescreen:{checks.session_id}", at)
    if latest.outcome is CheckOutcome.PASS:
        for hold in await uow.safety_holds.list_by(cause=cause):
            await uow.safety_holds.save(hold.pass_check(at, who.role))
    await advance_course(uow, checks.course_id, checks.client_id)


async def _hold(
    uow: UnitOfWork, checks: PreDoseCheck, category: HoldCategory, cause: str, at: datetime
) -> None:
    await place_hold(
        uow,
        category,
        client_id=checks.client_id,
        course_id=checks.course_id,
        session_id=checks.session_id,
        cause=cause,
        at=at,
    )


async def _need_session_to_come(uow: UnitOfWork, order: DoseOrder) -> None:
    course = await uow.facts.get(order.course_id, order.client_id)
    session = course.session(order.session_id)
    over = session.off or session.end(dosed=order.count > 0) or session.departure
    if over is not None:
        refuse(
            "session-over",
            "section 6.3",
            Unblock(fact="a session to come", owner="scheduling", action="book another session"),
            session_id=str(order.session_id),
        )
