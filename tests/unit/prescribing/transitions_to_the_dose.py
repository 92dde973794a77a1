"""Prescription, order, ledger and pre-dose check in each of their states."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.prescribing.domain import (
    dose_ledger_states,
    dose_order_states,
    pre_dose_check,
    prescription_terms,
)
from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import Dose, StopCause
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.vocabulary import (
    EndReason,
)
from shared.protocol import HoldCategory, Route
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SECOND_PRESCRIBER,
    SESSION,
    WITNESS,
    active,
    administered,
    at,
    draft,
    readings,
    released,
    requested,
    terms,
)
from tests.unit.prescribing.transition_subject import Subject

UNTIL = at("08:00") + timedelta(days=180)
ORDER = UUID(int=30)
OURS: dict[str, Any] = {"client_id": CLIENT, "course_id": COURSE, "session_id": SESSION}


def _prescriptions() -> Mapping[Any, Any]:
    s = prescription_terms.PrescriptionStatus
    held = active().reserve(ORDER).state
    return {
        s.DRAFT: draft(),
        s.ACTIVE: held,
        s.EXHAUSTED: active(sessions=1).use(uuid4(), at("10:00")).state,
        s.EXPIRED: held.end(EndReason.EXPIRED, at("10:00")).state,
        s.SUPERSEDED: draft().supersede().state,
        s.ENDED: held.end(EndReason.COURSE_CLOSED, at("10:00")).state,
        s.REVOKED: held.revoke(HoldCategory.MEDICAL, at=at("10:00"), by=PRESCRIBER).state,
    }


def _orders() -> Mapping[Any, Any]:
    s = dose_order_states.DoseOrderStatus
    authorised = requested().authorise(uuid4(), at("09:00")).state
    checked = authorised.check().state
    back = released().return_medicine(HoldCategory.MEDICAL, at("09:56")).state
    return {
        s.REQUESTED: requested(),
        s.AUTHORISED: authorised,
        s.CHECKED: checked,
        s.RELEASED: released(),
        s.ADMINISTERED: administered(),
        s.WITHHELD: released().stop(StopCause.HOLD, HoldCategory.MEDICAL, at("09:40")).state,
        s.CANCELLED: checked.stop(StopCause.SESSION_OFF, HoldCategory.LOGISTICS, at("09:40")).state,
        s.RETURNED: back,
        s.CLOSED: back.close(at("10:00")).state,
    }


def _out(order: DoseOrder, *, out: bool) -> DoseOrder:
    """The same order with its medicine in the room, or not: a condition beside the state."""
    may = order.status in {"released", "administered", "withheld"}
    return replace(order, medicine_out=out) if may else order


def _give(order: DoseOrder) -> Any:
    return order.administer(
        order.next_seq,
        administered_at=at("10:00"),
        timing_profile="SL-STD",
        observe_until=at("12:00"),
    )


def _take(order: DoseOrder) -> Any:
    dose = Dose(seq=order.next_seq, administered_at=at("10:00"), timing_profile="SL-STD")
    return order.take(dose, observe_until=at("12:00"), at=at("11:00"))


def _ledgers() -> Mapping[Any, Any]:
    s = dose_ledger_states.LedgerStatus
    book = DoseLedger.opened(uuid4(), client_id=CLIENT, course_id=COURSE, dose_order_id=ORDER)
    return {
        s.BALANCED: book,
        s.OUTSTANDING: book.release(100.0, by=NURSE, at=at("09:55")).state,
        s.OVERDRAWN: _taken(book).state,
    }


def _taken(book: DoseLedger) -> Any:
    return book.taken(50.0, dose_seq=1, by=NURSE, witness_ref=WITNESS, at=at("10:00"))


def _checks() -> Mapping[Any, Any]:
    s = pre_dose_check.PreDoseStatus
    awaited = PreDoseCheck.awaited(uuid4(), **OURS)
    return {
        s.AWAITED: awaited,
        s.PASSED: _measure(awaited).state,
        s.REVIEW: _measure(awaited, systolic=150).state,
        s.HELD: _measure(awaited, systolic=165).state,
    }


def _measure(checks: PreDoseCheck, **changes: Any) -> Any:
    return checks.record(uuid4(), readings(**changes), PROTOCOL.predose, by=NURSE, at=at("09:45"))


def _accept(checks: PreDoseCheck) -> Any:
    check_id = checks.latest.check_id if checks.latest else uuid4()
    return checks.accept(check_id, "weighed", by=PRESCRIBER, at=at("09:50"))


def _prescription_steps() -> Mapping[Any, Callable[[Prescription], Any]]:
    t = prescription_terms.RxTrigger
    return {
        t.CONFIRM: lambda rx: rx.confirm(SECOND_PRESCRIBER, at("08:10")),
        t.CONFIRM_HIGHER: lambda rx: rx.confirm_higher(
            Route.SL, 500.0, by=SECOND_PRESCRIBER, at=at("08:10")
        ),
        t.ACTIVATE: lambda rx: rx.activate(by=PRESCRIBER, at=at("08:30"), valid_until=UNTIL),
        t.AMEND: lambda rx: rx.amend(terms(valid_until=UNTIL), at=at("09:00"), by=PRESCRIBER),
        t.SUPERSEDE: lambda rx: rx.supersede(),
        t.END: lambda rx: rx.end(EndReason.EXPIRED, at("10:00")),
        t.REVOKE: lambda rx: rx.revoke(HoldCategory.MEDICAL, at=at("10:00"), by=PRESCRIBER),
        t.RESERVE: lambda rx: rx.reserve(uuid4()),
        t.GIVE_BACK: lambda rx: rx.give_back(ORDER, at("10:00")),
        t.USE: lambda rx: rx.use(ORDER, at("10:00")),
    }


def _order_steps() -> Mapping[Any, Callable[[DoseOrder], Any]]:
    t = dose_order_states.OrderTrigger
    return {
        t.AUTHORISE: lambda o: o.authorise(uuid4(), at("09:00")),
        t.CHECK: lambda o: o.check(),
        t.RELEASE: lambda o: o.release(),
        t.ADMINISTER: _give,
        t.TAKE: _take,
        t.STOP: lambda o: o.stop(StopCause.STOP_REQUESTED, HoldCategory.CONSENT, at("10:00")),
        t.RETURN: lambda o: o.return_medicine(HoldCategory.MEDICAL, at("10:00")),
        t.CLOSE: lambda o: o.close(at("12:30")),
    }


TO_THE_DOSE: Mapping[str, Subject] = {
    "prescription": Subject(
        prescription_terms.TRANSITIONS,
        _prescriptions,
        _prescription_steps(),
        {
            prescription_terms.RxTrigger.GIVE_BACK: lambda rx: replace(
                rx, reserved=rx.reserved | {ORDER}
            )
        },
    ),
    "dose order": Subject(
        dose_order_states.TRANSITIONS,
        _orders,
        _order_steps(),
        {
            dose_order_states.OrderTrigger.RELEASE: lambda o: _out(o, out=False),
            dose_order_states.OrderTrigger.ADMINISTER: lambda o: _out(o, out=True),
            dose_order_states.OrderTrigger.RETURN: lambda o: _out(o, out=True),
            dose_order_states.OrderTrigger.CLOSE: lambda o: _out(o, out=False),
        },
    ),
    "ledger": Subject(
        dose_ledger_states.TRANSITIONS,
        _ledgers,
        {
            dose_ledger_states.LedgerStep.RELEASE: lambda b: b.release(
                10.0, by=NURSE, at=at("10:01")
            ),
            dose_ledger_states.LedgerStep.ADMINISTER: lambda b: b.administer(
                10.0, dose_seq=1, by=NURSE, at=at("10:01")
            ),
            dose_ledger_states.LedgerStep.TAKE: _taken,
            dose_ledger_states.LedgerStep.RETURN: lambda b: b.return_rest(
                by=NURSE, witness_ref=WITNESS, at=at("10:01")
            ),
            dose_ledger_states.LedgerStep.WASTE: lambda b: b.waste(
                10.0, by=NURSE, witness_ref=WITNESS, at=at("10:01")
            ),
        },
    ),
    "pre-dose check": Subject(
        pre_dose_check.TRANSITIONS,
        _checks,
        {
            pre_dose_check.CheckStep.RECORD: _measure,
            pre_dose_check.CheckStep.ACCEPT: _accept,
            pre_dose_check.CheckStep.HOLD_LIFTED: lambda c: c.pass_by_lift(
                by=PRESCRIBER, at=at("09:50")
            ),
        },
    ),
}
