"""Orders, checks and the ledger."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.dose_ledger import DoseLedger, EntryKind
from services.prescribing.domain.dose_ledger_states import LedgerStatus
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import DoseOrderStatus, StopCause, TakenReason
from services.prescribing.domain.pre_dose_check import Check, PreDoseCheck, PreDoseStatus
from services.prescribing.domain.predose_grading import MoodConcern, PregnancyResult, Readings
from services.prescribing.domain.vocabulary import CheckOutcome, MoodRescreen
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import DrugClass, HoldCategory, InteractionAction


class DoseView(BaseModel):
    dose_seq: int
    administered_at: datetime
    timing_profile: str
    deviation: bool
    recorded: SignatureView | None
    witness_ref: UUID | None
    reason_code: TakenReason | None


class DoseOrderView(BaseModel):
    """An order without amounts: those are in the ledger."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: DoseOrderStatus
    authorised: bool
    starts_at: datetime
    planned_end_at: datetime
    prescription_id: UUID | None
    valid_until: datetime | None
    medicine_out: bool
    administered_count: int
    doses: list[DoseView]
    stopped_because: StopCause | None
    stopped_category: HoldCategory | None
    closed_at: datetime | None


def dose_order_view(order: DoseOrder) -> DoseOrderView:
    return DoseOrderView(
        id=order.id,
        client_id=order.client_id,
        course_id=order.course_id,
        session_id=order.session_id,
        status=order.status,
        authorised=order.authorised,
        starts_at=order.starts_at,
        planned_end_at=order.planned_end_at,
        prescription_id=order.prescription_id,
        valid_until=order.valid_until,
        medicine_out=order.medicine_out,
        administered_count=order.count,
        doses=[
            DoseView(
                dose_seq=dose.seq,
                administered_at=dose.administered_at,
                timing_profile=dose.timing_profile,
                deviation=dose.deviation,
                recorded=signature_view(dose.recorded),
                witness_ref=dose.witness_ref,
                reason_code=dose.reason,
            )
            for dose in order.doses
        ],
        stopped_because=order.stopped.cause if order.stopped else None,
        stopped_category=order.stopped.category if order.stopped else None,
        closed_at=order.closed_at,
    )


class LedgerEntryView(BaseModel):
    kind: EntryKind
    amount_mg: float
    at: datetime
    by: UUID
    witness_ref: UUID | None
    dose_seq: int | None
    rx_version: int | None


class LedgerView(BaseModel):
    id: UUID
    dose_order_id: UUID
    status: LedgerStatus
    outstanding_mg: float
    entries: list[LedgerEntryView]


def ledger_view(ledger: DoseLedger) -> LedgerView:
    return LedgerView(
        id=ledger.id,
        dose_order_id=ledger.dose_order_id,
        status=ledger.status,
        outstanding_mg=ledger.outstanding_mg,
        entries=[
            LedgerEntryView(
                kind=entry.kind,
                amount_mg=entry.amount_mg,
                at=entry.at,
                by=entry.by,
                witness_ref=entry.witness_ref,
                dose_seq=entry.dose_seq,
                rx_version=entry.rx_version,
            )
            for entry in ledger.entries
        ],
    )


class ReadingsView(BaseModel):
    systolic: int
    diastolic: int
    heart_rate: int
    spo2: int
    fasting_ok: bool
    pregnancy_attested: bool
    medication_changes: bool
    mood_rescreen: MoodRescreen
    mood_concern: MoodConcern
    drug_classes: tuple[DrugClass, ...]
    pregnancy_test: PregnancyResult
    food_hours: float | None
    liquid_hours: float | None
    perceptual_changes: bool
    prescriber_on_site: bool
    medication_list_asked: bool


class AdviceView(BaseModel):
    """What the clinic's table says of a drug class that was stated."""

    drug_class: DrugClass
    action: InteractionAction
    text: str


class PreDoseCheckView(BaseModel):
    """``id`` is the check's, to accept it by; ``status`` is that of the session's newest check."""

    id: UUID
    session_id: UUID
    client_id: UUID
    course_id: UUID
    status: PreDoseStatus
    check_version: int
    outcome: CheckOutcome
    holding: tuple[str, ...]
    reviewing: tuple[str, ...]
    advice: list[AdviceView]
    valid_until: datetime
    readings: ReadingsView
    taken: SignatureView | None
    accepted: SignatureView | None
    acceptance_reason: str | None


def newest_check_view(checks: PreDoseCheck) -> PreDoseCheckView:
    """The newest check of a session at which somebody has measured."""
    return check_view(checks, checks.checks[-1])


def check_view(checks: PreDoseCheck, check: Check) -> PreDoseCheckView:
    return PreDoseCheckView(
        id=check.check_id,
        session_id=checks.session_id,
        client_id=checks.client_id,
        course_id=checks.course_id,
        status=checks.status,
        check_version=checks.check_version,
        outcome=check.outcome,
        holding=check.grading.holding,
        reviewing=check.grading.reviewing,
        advice=[
            AdviceView(drug_class=one.drug_class, action=one.action, text=one.text)
            for one in check.grading.advice
        ],
        valid_until=check.valid_until,
        readings=_readings(check.readings),
        taken=signature_view(check.taken),
        accepted=signature_view(check.accepted),
        acceptance_reason=check.acceptance_reason,
    )


def _readings(readings: Readings) -> ReadingsView:
    return ReadingsView(
        systolic=readings.systolic,
        diastolic=readings.diastolic,
        heart_rate=readings.heart_rate,
        spo2=readings.spo2,
        fasting_ok=readings.fasting_ok,
        pregnancy_attested=readings.pregnancy_attested,
        medication_changes=readings.medication_changes,
        mood_rescreen=readings.mood_rescreen,
        mood_concern=readings.mood_concern,
        drug_classes=readings.drug_classes,
        pregnancy_test=readings.pregnancy_test,
        food_hours=readings.food_hours,
        liquid_hours=readings.liquid_hours,
        perceptual_changes=readings.perceptual_changes,
        prescriber_on_site=readings.prescriber_on_site,
        medication_list_asked=readings.medication_list_asked,
    )


class CheckSeriesView(BaseModel):
    """All checks of one session."""

    id: UUID
    session_id: UUID
    client_id: UUID
    course_id: UUID
    status: PreDoseStatus
    check_version: int
    checks: list[PreDoseCheckView]


def check_series_view(checks: PreDoseCheck) -> CheckSeriesView:
    return CheckSeriesView(
        id=checks.id,
        session_id=checks.session_id,
        client_id=checks.client_id,
        course_id=checks.course_id,
        status=checks.status,
        check_version=checks.check_version,
        checks=[check_view(checks, check) for check in checks.checks],
    )
