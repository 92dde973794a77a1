"""Adverse events: a serious one holds the course and owes a report (INV-31, J9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.adverse_event import (
    AdverseEvent,
    AdverseEventCode,
    SeriousCriterion,
)
from services.prescribing.domain.effects import context_of
from services.prescribing.handlers.acting import clinician, stated_at
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import orders_of
from shared.protocol import HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAdverseEvent:
    session_id: UUID
    code: AdverseEventCode
    serious: bool = False
    criteria: tuple[SeriousCriterion, ...] = ()
    at: datetime | None = None


async def record_adverse_event(command: RecordAdverseEvent, uow: UnitOfWork) -> AdverseEvent:
    order = (await orders_of(uow, command.session_id))[-1]
    occurred_at = stated_at(command.at, uow.now)
    recovery = await uow.recoveries.find_by(session_id=command.session_id)
    context = context_of(occurred_at, recovery.effects_until if recovery is not None else None)
    protocol = await uow.protocol_of(order.course_id)
    adverse = await uow.adverse_events.save(
        AdverseEvent.record(
            uow.new_id(),
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            code=command.code,
            serious=command.serious,
            occurred_at=occurred_at,
            by=clinician(uow),
            now=uow.now,
            criteria=command.criteria,
            context=context,
            report_every=protocol.recovery.report_every_adverse_event,
        )
    )
    if adverse.serious:
        await _hold(uow, adverse, HoldCategory.ADVERSE_EVENT, f"adverse-event:{adverse.id}")
    if adverse.code is AdverseEventCode.PERSISTENT_PERCEPTUAL_CHANGE:
        await _hold(
            uow, adverse, HoldCategory.CONTRAINDICATION, f"persistent-change:{adverse.session_id}"
        )
    return adverse


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAdverseEventSerious:
    ae_id: UUID
    criteria: tuple[SeriousCriterion, ...]


async def find_adverse_event_serious(
    command: FindAdverseEventSerious, uow: UnitOfWork
) -> AdverseEvent:
    """It turned out to be serious: the course is held from now on (INV-31)."""
    adverse = await uow.adverse_events.get(command.ae_id)
    found = await uow.adverse_events.save(adverse.find_serious(command.criteria, now=uow.now))
    await _hold(uow, found, HoldCategory.ADVERSE_EVENT, f"adverse-event:{found.id}")
    return found


async def _hold(uow: UnitOfWork, adverse: AdverseEvent, category: HoldCategory, cause: str) -> None:
    await place_hold(
        uow,
        category,
        client_id=adverse.client_id,
        course_id=adverse.course_id,
        session_id=adverse.session_id,
        cause=cause,
        at=uow.now,
    )
    await advance_course(uow, adverse.course_id, adverse.client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAdverseEvent:
    ae_id: UUID


async def report_adverse_event(command: ReportAdverseEvent, uow: UnitOfWork) -> AdverseEvent:
    """The report was sent, or the matter is closed."""
    adverse = await uow.adverse_events.get(command.ae_id)
    return await uow.adverse_events.save(adverse.report(by=clinician(uow), at=uow.now))
