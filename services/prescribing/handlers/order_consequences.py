"""What follows from an order's step, in the same transaction: recovery, authorisation, review."""

from datetime import datetime, timedelta
from typing import Final

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import Dose
from services.prescribing.domain.events import DomainEvent, DoseAdministered, DoseOrderClosed
from services.prescribing.domain.observing import observation
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checkpoints import next_checkpoint
from services.prescribing.domain.recovery_states import DoseOnBoard
from services.prescribing.domain.review_task import TaskKind
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from services.prescribing.handlers.tighten import found_grave
from shared.decisions import Change

MINIMUM_OVER: Final = "minimum_observation_over"
CLEARANCE_RUNS_OUT: Final = "clearance_runs_out"
PRESCRIPTION_RUNS_OUT: Final = "prescription_runs_out"
CHECKPOINT_MISSED: Final = "recovery_checkpoint_missed"
SUMMARY_OWED: Final = "session_summary_owed"


async def keep_order(uow: UnitOfWork, change: Change[DoseOrder, DomainEvent]) -> DoseOrder:
    """Save an order's step with everything that it entails."""
    order = await uow.dose_orders.save(change)
    for event in change.events:
        match event:
            case DoseAdministered(dose_seq=seq):
                dose = order.dose(seq)
                if dose is not None:
                    await _on_board(uow, order, dose)
            case DoseOrderClosed():
                await _settle(uow, order)
            case _:
                continue
    return order


async def _on_board(uow: UnitOfWork, order: DoseOrder, dose: Dose) -> None:
    """INV-28: every dose is observed, and every dosed session is reviewed."""
    protocol = await uow.protocol_of(order.course_id)
    profile = protocol.timing_profile(dose.timing_profile)
    seen = DoseOnBoard(
        order_id=order.id,
        seq=dose.seq,
        administered_at=dose.administered_at,
        timing_profile=dose.timing_profile,
        observe_until=dose.administered_at + observation(protocol, dose.timing_profile),
        effects_until=dose.administered_at + timedelta(minutes=profile.offset_max),
    )
    known = await uow.recoveries.find_by(session_id=order.session_id)
    if known is not None:
        recovery = await uow.recoveries.save(known.on_board(seen, uow.now))
    else:
        recovery = await uow.recoveries.save(
            Recovery.begin(
                uow.new_id(),
                seen,
                client_id=order.client_id,
                course_id=order.course_id,
                session_id=order.session_id,
            )
        )
    if await found_grave(uow, order.course_id, order.client_id):
        await uow.recoveries.save(recovery.tighten())
    await uow.timers.cancel(CLEARANCE_RUNS_OUT, recovery.id)
    await uow.timers.set(
        MINIMUM_OVER, recovery.id, recovery.observe_until, client_id=order.client_id
    )
    await watch_checkpoint(uow, recovery)
    await _await_summary(uow, order)
    await _owe_form(uow, order, dose, protocol.recovery.monitoring_form_days)


async def _owe_form(uow: UnitOfWork, order: DoseOrder, dose: Dose, days: int | None) -> None:
    """Section 3.1: after every dosed session a form on the monitoring, where it is asked for."""
    if days is not None:
        await raise_task(
            uow,
            TaskKind.MONITORING_FORM,
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            cause=f"monitoring-form:{order.session_id}",
            due_at=dose.administered_at + timedelta(days=days),
        )


async def watch_checkpoint(uow: UnitOfWork, recovery: Recovery) -> None:
    """Announce the next look that nobody may have taken by then."""
    protocol = await uow.protocol_of(recovery.course_id)
    ahead = next_checkpoint(recovery, protocol.recovery, uow.now)
    if ahead is not None and recovery.open:
        await uow.timers.set(
            CHECKPOINT_MISSED, recovery.id, ahead.missed_at, client_id=recovery.client_id
        )
    else:
        await uow.timers.cancel(CHECKPOINT_MISSED, recovery.id)


async def _await_summary(uow: UnitOfWork, order: DoseOrder) -> None:
    """INV-17: the review is owed from the dose on, so that a lost summary shows as missing."""
    if await uow.summaries.find_by(session_id=order.session_id) is not None:
        return
    review = SummaryReview.awaited(
        uow.new_id(),
        client_id=order.client_id,
        course_id=order.course_id,
        session_id=order.session_id,
    )
    change: Change[SummaryReview, DomainEvent] = Change(review)
    facts = await uow.facts.get(order.course_id, order.client_id)
    shared = facts.session(order.session_id).summary
    if shared is not None:
        change = review.share(shared.value, shared.occurred_at)
    kept = await uow.summaries.save(change)
    await watch_summary(uow, kept, uow.now)


async def watch_summary(uow: UnitOfWork, review: SummaryReview, since: datetime) -> None:
    """Until it is reviewed, somebody is reminded each time the term runs out (INV-17)."""
    if review.reviewed:
        await uow.timers.cancel(SUMMARY_OWED, review.id)
        return
    protocol = await uow.protocol_of(review.course_id)
    term = timedelta(hours=protocol.dosing.summary_due_hours)
    await uow.timers.set(SUMMARY_OWED, review.id, since + term, client_id=review.client_id)


async def _settle(uow: UnitOfWork, order: DoseOrder) -> None:
    """Ruling 18: used with a dose, returned once without. What is left over is asked for."""
    ledger = await uow.ledgers.find_by(dose_order_id=order.id)
    if ledger is not None and ledger.leftover:
        await raise_task(
            uow,
            TaskKind.MEDICINE_NOT_ACCOUNTED_FOR,
            client_id=order.client_id,
            course_id=order.course_id,
            session_id=order.session_id,
            cause=f"left-over:{order.id}",
        )
    if order.prescription_id is None:
        return
    rx = await uow.prescriptions.get(order.prescription_id)
    settle = rx.use if order.count else rx.give_back
    await keep_prescription(uow, settle(order.id, uow.now))


async def keep_prescription(
    uow: UnitOfWork, change: Change[Prescription, DomainEvent]
) -> Prescription:
    """Save a prescription; its end has a timer while it is active."""
    rx = await uow.prescriptions.save(change)
    until = rx.terms.valid_until
    if rx.status is PrescriptionStatus.ACTIVE and until is not None:
        await uow.timers.set(PRESCRIPTION_RUNS_OUT, rx.id, until, client_id=rx.client_id)
    else:
        await uow.timers.cancel(PRESCRIPTION_RUNS_OUT, rx.id)
    return rx
