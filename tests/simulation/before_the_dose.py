"""What people do until the medicine is taken."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from services.prescribing.domain.dose_order_states import TakenReason
from services.prescribing.domain.vocabulary import MoodRescreen
from services.prescribing.handlers.administer_dose import AdministerDose
from services.prescribing.handlers.check_before_dose import AcceptPreDoseCheck, RecordPreDoseCheck
from services.prescribing.handlers.record_taken_dose import RecordTakenDose
from services.prescribing.handlers.release_dose import ReleaseDose
from services.prescribing.handlers.withhold_dose import ReturnMedicine, WithholdDose
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.handlers.cancel_escort import CancelEscort
from services.scheduling.handlers.confirm_escort import ConfirmEscort
from services.scheduling.handlers.move_session import CancelSession, MissSession, RescheduleSession
from services.scheduling.handlers.receive_client import CheckIn, RecordAssent
from services.scheduling.handlers.run_therapy import EndSession, StopSession
from services.scheduling.handlers.start_session import StartSession
from shared.protocol.holds import HoldCategory
from tests.simulation import cast
from tests.simulation.cast import DESK, NURSE, PRESCRIBER, THERAPIST, WITNESS
from tests.simulation.clinic import MINUTE, Clinic
from tests.simulation.wishes import Wish

_S = SessionStatus


def wishes(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    """What may be asked for about a dosing session and its orders."""
    status, sid = session.status, session.id
    if status in {_S.SCHEDULED, _S.BLOCKED}:
        if abs(clinic.now - session.starts_at) < timedelta(hours=12):
            yield Wish(6, "scheduling", "check_in", CheckIn(session_id=sid), DESK)
        yield Wish(0.05, "scheduling", "miss_session", MissSession(session_id=sid), DESK)
    if session.before_start:
        yield from _moving(clinic, session, chance)
    if status in {_S.CHECKED_IN, _S.READY}:
        yield from _arrived(clinic, session, chance)
    if status is _S.IN_PROGRESS:
        yield from _stopping(session)
        yield Wish(0.3, "scheduling", "end_session", EndSession(session_id=sid), THERAPIST)
    if not session.client_has_left:
        yield from _escort(session)
    for order in clinic.states("prescribing", "dose_orders"):
        if order.session_id == sid:
            yield from _order(clinic, session, order, chance)


def _moving(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    later = session.starts_at + chance.choice((1, 24, 48)) * timedelta(hours=1)
    moved = RescheduleSession(session_id=session.id, starts_at=later)
    yield Wish(0.1, "scheduling", "reschedule_session", moved, DESK)
    cancelled = CancelSession(session_id=session.id, by_role=Role.CLIENT)
    yield Wish(0.1, "scheduling", "cancel_session", cancelled, DESK)


def _arrived(clinic: Clinic, session: Any, chance: Random) -> Iterator[Wish]:
    sid = session.id
    checks = next(
        (c for c in clinic.states("prescribing", "pre_dose_checks") if c.session_id == sid), None
    )
    if checks is None or not checks.passes_at(clinic.now):
        readings = replace(cast.CALM, systolic=chance.choice((120, 120, 120, 145, 165)))
        if chance.random() < 0.05:
            readings = replace(readings, mood_rescreen=MoodRescreen.HIGH)
        check = RecordPreDoseCheck(session_id=sid, readings=readings)
        yield Wish(5, "prescribing", "record_pre_dose_check", check, NURSE)
    for check in checks.checks[-2:] if checks is not None else ():
        accept = AcceptPreDoseCheck(check_id=check.check_id, reason="weighed")
        yield Wish(1.5, "prescribing", "accept_pre_dose_check", accept, PRESCRIBER)
    given = RecordAssent(session_id=sid, process_explained=True, given=chance.random() < 0.97)
    yield Wish(3, "scheduling", "record_assent", given, THERAPIST)
    yield Wish(6, "scheduling", "start_session", StartSession(session_id=sid), THERAPIST)


def _stopping(session: Any) -> Iterator[Wish]:
    stop = StopSession(session_id=session.id, by_role=Role.CLIENT)
    yield Wish(0.4, "scheduling", "stop_session", stop, THERAPIST)


def _escort(session: Any) -> Iterator[Wish]:
    if not session.escort_confirmed:
        confirm = ConfirmEscort(session_id=session.id, escort=cast.ESCORT)
        yield Wish(4, "scheduling", "confirm_escort", confirm, DESK)
    elif session.escort is not None:
        cancel = CancelEscort(escort_id=session.escort.id)
        yield Wish(0.25, "scheduling", "cancel_escort", cancel, DESK)


def _order(clinic: Clinic, session: Any, order: Any, chance: Random) -> Iterator[Wish]:
    if order.status in {"checked", "authorised", "administered"} and session.therapy_running:
        weight = 7 if order.status != "administered" else 0.4
        yield Wish(weight, "prescribing", "release_dose", ReleaseDose(order_id=order.id), NURSE)
    if order.medicine_out:
        dose = AdministerDose(
            order_id=order.id, dose_seq=order.next_seq, amount_mg=cast.amount(order.next_seq)
        )
        yield Wish(7, "prescribing", "administer_dose", dose, NURSE)
        back = ReturnMedicine(order_id=order.id, witness_ref=WITNESS)
        yield Wish(0.5 if order.open else 3, "prescribing", "return_medicine", back, NURSE)
    if order.doses:
        again = AdministerDose(
            order_id=order.id,
            dose_seq=order.doses[-1].seq,
            amount_mg=cast.amount(order.doses[-1].seq),
        )
        yield Wish(0.2, "prescribing", "administer_dose", again, NURSE)
    if order.status in {"requested", "authorised", "checked", "released"}:
        held = WithholdDose(order_id=order.id, category=HoldCategory.MEDICAL)
        yield Wish(0.1, "prescribing", "withhold_dose", held, PRESCRIBER)
    if session.starts_at <= clinic.now and len(order.doses) < 3:
        taken = RecordTakenDose(
            order_id=order.id,
            administered_at=clinic.now - chance.choice((0, 1, 5, 30, 120)) * MINUTE,
            witness_ref=WITNESS,
            reason=TakenReason.RECORDED_LATE,
        )
        yield Wish(0.12, "prescribing", "record_taken_dose", taken, NURSE)
