"""What follows from a dose that broke a rule when it was taken (ruling 12)."""

from datetime import datetime

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.taken_dose import told_rules_broken
from services.prescribing.domain.vocabulary import IncidentCode
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import record_incident
from shared.protocol import ClinicProtocol, HoldCategory


async def record_deviation(
    uow: UnitOfWork, order: DoseOrder, seq: int, at: datetime, broken: tuple[str, ...]
) -> None:
    """An incident, and a hold that two roles have to lift."""
    cause = f"dose:{order.id}:{seq}"
    await record_incident(
        uow,
        IncidentCode.DOSE_RULE_BROKEN,
        client_id=order.client_id,
        course_id=order.course_id,
        session_id=order.session_id,
        cause=cause,
        at=at,
        dose_order_id=order.id,
        broken_rules=broken,
    )
    await place_hold(
        uow,
        HoldCategory.ADVERSE_EVENT,
        client_id=order.client_id,
        course_id=order.course_id,
        session_id=order.session_id,
        cause=cause,
        at=uow.now,
    )


async def look_at_taken_doses(
    uow: UnitOfWork, order: DoseOrder, facts: CourseFacts, protocol: ClinicProtocol
) -> DoseOrder:
    """A fact that arrives after the record can say that the dose broke a rule all the same."""
    for dose in order.doses:
        if dose.reason is None or dose.deviation:
            continue
        at = dose.administered_at
        broken = told_rules_broken(order, facts, protocol, at, seq=dose.seq)
        if broken:
            order = await uow.dose_orders.save(order.name_deviation(dose.seq))
            await record_deviation(uow, order, dose.seq, at, broken)
    return order
