"""Adverse events: a serious one holds the course and owes a report (INV-31, J9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.adverse_event import AdverseEvent, AdverseEventCode
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
    serious: bool
    at: datetime | None = None


async def record_adverse_event(command: RecordAdverseEvent, uow: UnitOfWork) -> AdverseEvent:
    order = (await orders_of(uow, command.session_id))[-1]
    occurred_at = stated_at(command.at, uow.now)
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
        )
    )
    if adverse.serious:
        await place_hold(
            uow,
            HoldCategory.ADVERSE_EVENT,
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            cause=f"adverse-event:{adverse.id}",
            at=uow.now,
        )
        await advance_course(uow, order.course_id, order.client_id)
    return adverse


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAdverseEvent:
    ae_id: UUID


async def report_adverse_event(command: ReportAdverseEvent, uow: UnitOfWork) -> AdverseEvent:
    """The report was sent, or the matter is closed."""
    adverse = await uow.adverse_events.get(command.ae_id)
    return await uow.adverse_events.save(adverse.report(by=clinician(uow), at=uow.now))
