"""What prescribing answers when it is asked: its own committed facts, and allergies to people."""

from typing import Final
from uuid import UUID

from careteam_contracts.details import Allergies, DetailAsk
from careteam_contracts.enums import (
    DoseOrderStatus,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    KeepsClient,
    PreDoseOutcome,
    PrescriptionStatus,
    RecoveryStatus,
    Service,
)
from careteam_contracts.erasing import ErasureAnswer, ErasureAsk
from careteam_contracts.questions import ALLERGIES, ERASURE, PRESCRIBING_STANDING
from careteam_contracts.standing import (
    ClearanceStanding,
    DoseOrderStanding,
    OpenHold,
    PreDoseCheckStanding,
    PrescribingStanding,
    PrescriptionStanding,
    RecoveryStanding,
    StandingAsk,
)
from services.prescribing.domain.dose_ledger_states import LedgerStatus
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import DoseOrderStatus as OrderStatus
from services.prescribing.domain.hold import Hold, HoldStatus
from services.prescribing.domain.medical_assessment import recorded_allergies
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.review_task import TaskStatus
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.sessions import newest_prescription
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from shared.messaging import AnswerTable, erasure_answer
from shared.storage import NotFound


async def standing(ask: StandingAsk, uow: UnitOfWork) -> PrescribingStanding:
    """The prescription, the course's orders and recoveries, and the session that is asked about."""
    try:
        course = await uow.course(ask.course_id)
    except NotFound:
        return PrescribingStanding(
            known=False,
            unverifiable=False,
            answered_at=uow.now,
            protocol_version=(await uow.pin_of(None)).version,
        )
    pin = await uow.pin_of(ask.course_id)
    orders = await uow.dose_orders.list_by(course_id=ask.course_id)
    recoveries = await uow.recoveries.list_by(course_id=ask.course_id)
    rx = newest_prescription(await uow.prescriptions.list_by(course_id=ask.course_id))
    of_session = [order for order in orders if order.session_id == ask.session_id]
    recovery = next((r for r in recoveries if r.session_id == ask.session_id), None)
    freshness = await uow.freshness(course.client_id)
    doses = [dose.administered_at for order in of_session for dose in order.doses]
    return PrescribingStanding(
        known=True,
        unverifiable=any(producer.parked for producer in freshness.values()),
        answered_at=uow.now,
        protocol_version=pin.version,
        protocol_digest=pin.digest,
        open_holds=tuple(
            _hold(hold)
            for hold in await uow.safety_holds.list_by(course_id=ask.course_id, status="open")
        ),
        prescription=_prescription(rx, uow) if rx is not None else None,
        order=_order(_newest(of_session), uow) if of_session else None,
        check=await _check(ask.session_id, uow),
        clearance=_clearance(recovery),
        recovery=_recovery(recovery, uow) if recovery is not None else None,
        administered_count=len(doses),
        last_administered_at=max(doses, default=None),
        orders_in_hand=tuple(_order(order, uow) for order in orders if order.in_hand(uow.now)),
        open_recoveries=tuple(_recovery(r, uow) for r in recoveries if r.open),
    )


async def allergies(ask: DetailAsk, uow: SqlPrescribingUnitOfWork) -> Allergies:
    """What the newest assessment that asked for them recorded; the question is kept (ruling 1)."""
    assessments = await uow.assessments.list_by(client_id=ask.client_id)
    if not assessments:
        return Allergies(known=False)
    uow.told("allergies", client_id=ask.client_id, role=ask.actor_role.value, ref=ask.actor_ref)
    recorded = recorded_allergies(assessments)
    if recorded is None:
        return Allergies(known=True)
    return Allergies(known=True, recorded=True, allergies=recorded)


async def erasure(ask: ErasureAsk, uow: SqlPrescribingUnitOfWork) -> ErasureAnswer:
    """What of the client is not over here. Owed are medicine that was released and neither given
    nor returned, the report of a serious adverse event, a summary's review, and tasks."""
    of_client = {"client_id": ask.client_id}
    orders = await uow.dose_orders.list_by(**of_client)
    ledgers = await uow.ledgers.list_by(**of_client)
    harm = await uow.adverse_events.list_by(**of_client)
    summaries = await uow.summaries.list_by(**of_client)
    tasks = await uow.tasks.list_by(**of_client, status=TaskStatus.OPEN.value)
    return await erasure_answer(
        uow,
        ask.client_id,
        {
            KeepsClient.ORDER: any(order.open for order in orders),
            KeepsClient.RECOVERY: any(r.open for r in await uow.recoveries.list_by(**of_client)),
            KeepsClient.HOLD: bool(
                await uow.safety_holds.list_by(**of_client, status=HoldStatus.OPEN.value)
            ),
            KeepsClient.OWED: bool(tasks)
            or any(one.status is LedgerStatus.OUTSTANDING for one in ledgers)
            or any(one.serious and one.reported is None for one in harm)
            or any(not summary.reviewed for summary in summaries),
        },
    )


ANSWERS: Final[AnswerTable] = {
    PRESCRIBING_STANDING: standing,
    ALLERGIES: allergies,
    ERASURE[Service.PRESCRIBING]: erasure,
}


def _newest(orders: list[DoseOrder]) -> DoseOrder:
    """The one that is open; else the one with a dose; else the last."""
    return max(orders, key=lambda o: (o.open, o.count > 0, str(o.id)))


def _prescription(rx: Prescription, uow: UnitOfWork) -> PrescriptionStanding:
    return PrescriptionStanding(
        prescription_id=rx.id,
        rx_version=rx.rx_version,
        status=PrescriptionStatus(rx.status),
        active=rx.active_at(uow.now),
        valid_until=rx.terms.valid_until or uow.now,
        timing_profile=rx.terms.timing_profile,
        sessions_authorised=rx.terms.sessions_authorised,
        used=len(rx.used),
        reserved=len(rx.reserved),
    )


def _order(order: DoseOrder, uow: UnitOfWork) -> DoseOrderStanding:
    return DoseOrderStanding(
        dose_order_id=order.id,
        session_id=order.session_id,
        status=DoseOrderStatus(order.status),
        authorised=order.authorised,
        released=order.in_hand(uow.now) and order.count == 0,
        closed=order.status is OrderStatus.CLOSED,
        administered_count=order.count,
        valid_until=order.valid_until,
    )


async def _check(session_id: UUID | None, uow: UnitOfWork) -> PreDoseCheckStanding | None:
    if session_id is None:
        return None
    checks = await uow.checks.find_by(session_id=session_id)
    latest = checks.latest if checks is not None else None
    if checks is None or latest is None:
        return None
    return PreDoseCheckStanding(
        check_id=latest.check_id,
        check_version=checks.check_version,
        outcome=PreDoseOutcome(latest.outcome),
        valid_until=latest.valid_until,
    )


def _clearance(recovery: Recovery | None) -> ClearanceStanding | None:
    clearance = recovery.clearance if recovery is not None else None
    if clearance is None:
        return None
    return ClearanceStanding(
        clearance_id=clearance.clearance_id,
        covers_dose_seq=clearance.covers_dose_seq,
        cleared_at=clearance.cleared.at,
        valid_until=clearance.valid_until,
        rescinded=clearance.rescinded_at is not None,
    )


def _recovery(recovery: Recovery, uow: UnitOfWork) -> RecoveryStanding:
    return RecoveryStanding(
        session_id=recovery.session_id,
        status=RecoveryStatus(recovery.status_at(uow.now)),
        open=recovery.open,
        observe_until=recovery.observe_until,
    )


def _hold(hold: Hold) -> OpenHold:
    return OpenHold(
        hold_id=hold.id,
        hold_category=HoldCategory(hold.category),
        blocks=tuple(HoldBlock(block) for block in hold.blocks),
        severity=HoldSeverity(hold.severity),
        placed_at=hold.placed_at,
        session_id=hold.session_id,
    )
